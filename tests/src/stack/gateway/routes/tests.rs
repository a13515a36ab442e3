use serde_json::json;

use super::*;

fn lambda(function: &str) -> Value {
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{function}.Arn}}/invocations"
    );
    json!({ "httpMethod": "POST", "type": "aws_proxy", "uri": { "Fn::Sub": uri }, "payloadFormatVersion": "2.0" })
}

fn users() -> Value {
    let uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations";
    json!({ "Users": { "type": "apiKey", "name": "Unused", "in": "header", AUTHORIZER: {
        "type": "request",
        "authorizerUri": { "Fn::Sub": [uri, { "__FunctionArn__": { "Fn::GetAtt": ["AuthorizerFunction", "Arn"] } }] },
        "authorizerResultTtlInSeconds": 60,
        "identitySource": ["$request.header.Authorization"],
        "authorizerPayloadFormatVersion": "2.0",
        "enableSimpleResponses": true
    } } })
}

fn body(operation: &Value) -> Value {
    json!({
        "openapi": "3.0.1",
        "components": { "securitySchemes": users() },
        "paths": { "/api/accounts/{id}": { "get": operation } }
    })
}

#[test]
fn a_route_has_its_function_and_its_authorizer() {
    let plan =
        Plan::read(&body(&json!({ INTEGRATION: lambda("AccountsListFunction"), "security": [{ "Users": [] }] })));

    let expected = Route {
        key: "GET /api/accounts/{id}".to_owned(),
        function: "AccountsListFunction".to_owned(),
        settings: IntegrationSettings { payload_format_version: "2.0".to_owned(), timeout_in_millis: None },
        authorizer: Some("Users".to_owned()),
    };
    assert_eq!(plan.unwrap().routes, [expected]);
}

#[test]
fn an_authorizer_keeps_its_settings() {
    let plan = Plan::read(&body(&json!({ INTEGRATION: lambda("HealthFunction"), "security": [{ "NONE": [] }] })));

    let settings = AuthorizerSettings {
        identity_source: vec!["$request.header.Authorization".to_owned()],
        authorizer_payload_format_version: "2.0".to_owned(),
        enable_simple_responses: true,
        authorizer_result_ttl_in_seconds: Some(60),
    };
    let expected = Authorizer { name: "Users".to_owned(), function: "AuthorizerFunction".to_owned(), settings };
    assert_eq!(plan.unwrap().authorizers, [expected]);
}

#[test]
fn a_route_is_open_only_when_it_says_so() {
    let open = Plan::read(&body(&json!({ INTEGRATION: lambda("HealthFunction"), "security": [{ "NONE": [] }] })));
    let silent = Plan::read(&body(&json!({ INTEGRATION: lambda("HealthFunction") })));
    let unknown = Plan::read(&body(&json!({ INTEGRATION: lambda("HealthFunction"), "security": [{ "Admins": [] }] })));

    assert_eq!(open.unwrap().routes[0].authorizer, None);
    assert!(format!("{:#}", silent.unwrap_err()).contains("says nothing about who may call"));
    assert!(format!("{:#}", unknown.unwrap_err()).contains("Admins isn't defined"));
}

#[test]
fn every_method_and_the_default_have_their_keys() {
    assert_eq!(route_key("post", "/api/webhooks/{platform}"), "POST /api/webhooks/{platform}");
    assert_eq!(route_key(ANY_METHOD, "/files/{path+}"), "ANY /files/{path+}");
    assert_eq!(route_key(ANY_METHOD, "$default"), "$default");
}

#[test]
fn timeouts_and_cors_are_kept() {
    let mut integration = lambda("HealthFunction");
    integration["timeoutInMillis"] = json!(10_000);
    let mut body = body(&json!({ INTEGRATION: integration, "security": [{ "NONE": [] }] }));
    body["x-amazon-apigateway-cors"] = json!({ "allowOrigins": ["https://app.example"], "maxAge": 600 });

    let plan = Plan::read(&body).unwrap();

    assert_eq!(plan.routes[0].settings.timeout_in_millis, Some(10_000));
    let cors = Cors { allow_origins: vec!["https://app.example".to_owned()], max_age: Some(600), ..Cors::default() };
    assert_eq!(plan.cors, Some(cors));
}

#[test]
fn a_route_without_a_function_is_refused() {
    let integration = json!({ "type": "http_proxy", "uri": "https://example.com", "payloadFormatVersion": "1.0" });

    let refusal = Plan::read(&body(&json!({ INTEGRATION: integration, "security": [{ "NONE": [] }] }))).unwrap_err();

    assert!(format!("{refusal:#}").starts_with("the route GET /api/accounts/{id}"), "{refusal:#}");
}
