//! `fields=id,name,instagram_business_account{id,username}`: what a read should return. An unknown name fails it whole.

use serde_json::{Map, Value, json};

use super::error::GraphError;

/// A name, and the names asked for behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) within: Vec<Field>,
}

/// The fields of a list, or these if there is none.
pub(super) fn parse(list: Option<&str>, otherwise: &str) -> Result<Vec<Field>, GraphError> {
    let mut rest = list.unwrap_or(otherwise);
    let fields = read(&mut rest)?;
    if rest.is_empty() { Ok(fields) } else { Err(syntax(rest)) }
}

fn read(rest: &mut &str) -> Result<Vec<Field>, GraphError> {
    let mut fields = Vec::new();
    loop {
        let end = rest.find([',', '{', '}']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(syntax(rest));
        }
        *rest = after;
        let within = if skip(rest, '{') { read_within(rest)? } else { Vec::new() };
        fields.push(Field { name, within });
        if !skip(rest, ',') {
            return Ok(fields);
        }
    }
}

fn read_within(rest: &mut &str) -> Result<Vec<Field>, GraphError> {
    let fields = read(rest)?;
    if skip(rest, '}') { Ok(fields) } else { Err(syntax(rest)) }
}

fn skip(rest: &mut &str, character: char) -> bool {
    let after = rest.strip_prefix(character);
    *rest = after.unwrap_or(rest);
    after.is_some()
}

fn syntax(rest: &str) -> GraphError {
    GraphError::new(2500, format!("Syntax error in the field list before \"{rest}\""))
}

/// The object with these fields. `value_of` knows each: absent where the name is unknown, null for what the object
/// doesn't have, which is left out. The id always belongs to it.
pub(super) fn select(
    node: &str,
    fields: &[Field],
    value_of: impl Fn(&Field) -> Result<Option<Value>, GraphError>,
) -> Result<Value, GraphError> {
    let id = Field { name: "id".to_owned(), within: Vec::new() };
    let mut object = Map::new();
    for field in fields.iter().chain([&id]) {
        let Some(value) = value_of(field)? else {
            let message = format!("(#100) Tried accessing nonexisting field ({}) on node type ({node})", field.name);
            return Err(GraphError::new(100, message));
        };
        if !value.is_null() {
            object.insert(field.name.clone(), value);
        }
    }
    Ok(json!(object))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn field(name: &str, within: Vec<Field>) -> Field {
        Field { name: name.to_owned(), within }
    }

    #[test]
    fn fields_nest() {
        let fields = parse(Some("id,account{id,owner{name}},name"), "id");
        let within = vec![field("id", vec![]), field("owner", vec![field("name", vec![])])];
        assert_eq!(fields, Ok(vec![field("id", vec![]), field("account", within), field("name", vec![])]));
    }

    fn written(fields: &[Field]) -> String {
        let field = |field: &Field| match written(&field.within) {
            within if within.is_empty() => field.name.clone(),
            within => format!("{}{{{within}}}", field.name),
        };
        fields.iter().map(field).collect::<Vec<_>>().join(",")
    }

    fn any_fields() -> impl Strategy<Value = Vec<Field>> {
        let leaf = "[a-z_]{1,8}".prop_map(|name| Field { name, within: Vec::new() });
        let field = leaf.prop_recursive(3, 16, 4, |inner| {
            ("[a-z_]{1,8}", vec(inner, 0..4)).prop_map(|(name, within)| Field { name, within })
        });
        vec(field, 1..5)
    }

    proptest! {
        #[test]
        fn fields_are_read_as_they_are_written(fields in any_fields()) {
            prop_assert_eq!(parse(Some(&written(&fields)), "id"), Ok(fields));
        }
    }

    #[test]
    fn a_list_that_is_not_one_is_an_error() {
        for list in ["", "id,", "id{", "id{a", "id}", "a{b}}", "a{b}c", ",", "{a}"] {
            assert!(parse(Some(list), "id").is_err(), "{list}");
        }
    }
}
