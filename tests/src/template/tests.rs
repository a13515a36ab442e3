use serde_json::json;

use super::*;

const TEMPLATE: &str = "
Globals:
  Function:
    Timeout: 10
    Environment:
      Variables: { LOG_LEVEL: INFO, STAGE: !Ref Stage }
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
  ThingsListFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/things-list
      Environment:
        Variables: { LOG_LEVEL: DEBUG, QUEUE_URL: !Ref Queue }
      Policies:
        - Statement: [{ Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Queue.Arn }]
      Events:
        Post: { Type: HttpApi, Properties: { Method: post, Path: '/api/things/{id}' } }
        Get: { Type: HttpApi, Properties: { Method: GET, Path: '/api/things/{id}', Auth: { Authorizer: NONE } } }
  SweeperFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/sweeper
      Timeout: 30
      Role: !GetAtt SweeperRole.Arn
      Events:
        Timer: { Type: Schedule, Properties: { Schedule: rate(1 minute) } }
  SweeperRole:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{ PolicyName: sweep, PolicyDocument: { Statement: [{ Effect: Allow, Action: sqs:PurgeQueue }] } }]
";

#[test]
fn functions_have_their_folders_names() {
    let template = Template::parse(TEMPLATE).unwrap();
    let functions = template.functions();
    assert_eq!(functions.keys().copied().collect::<Vec<_>>(), ["sweeper", "things-list"]);
    assert_eq!(functions["things-list"].logical_id(), "ThingsListFunction");
}

#[test]
fn a_function_inherits_what_it_does_not_say_itself() {
    let template = Template::parse(TEMPLATE).unwrap();
    let stage = json!({ "Ref": "Stage" });
    let queue = json!({ "Ref": "Queue" });
    let variables = [("LOG_LEVEL", &json!("DEBUG")), ("QUEUE_URL", &queue), ("STAGE", &stage)];
    assert_eq!(template.environment()["things-list"], BTreeMap::from(variables));
    assert_eq!(template.environment()["sweeper"]["LOG_LEVEL"], "INFO");
    assert_eq!(template.functions()["things-list"].property("Timeout"), Some(&json!(10)));
    assert_eq!(template.functions()["sweeper"].property("Timeout"), Some(&json!(30)));
}

#[test]
fn statements_say_what_a_function_may_do() {
    let template = Template::parse(TEMPLATE).unwrap();
    let statement =
        json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": { "Fn::GetAtt": "Queue.Arn" } });
    assert_eq!(template.functions()["things-list"].statements(), [&statement]);
    let of_its_role = json!({ "Effect": "Allow", "Action": "sqs:PurgeQueue" });
    assert_eq!(template.functions()["sweeper"].statements(), [&of_its_role]);
}

#[test]
fn routes_are_the_events_of_the_http_api_and_closed_unless_opened() {
    let template = Template::parse(TEMPLATE).unwrap();
    let route = |method: &str, open| {
        let (path, function) = ("/api/things/{id}".to_owned(), "things-list".to_owned());
        Route { path, method: method.to_owned(), function, open }
    };
    assert_eq!(template.routes(), [route("GET", true), route("POST", false)]);
    assert_eq!(template.events()["sweeper"][0].kind, "Schedule");
}

#[test]
fn the_projects_template_is_read_whole() {
    let template = Template::load().unwrap();
    let functions = template.functions();
    assert_eq!(functions.len(), template.resources("AWS::Serverless::Function").len());
    assert!(functions.contains_key("webhook-ingest"));
    assert!(!template.routes().is_empty());
}
