//! What holds for the contract itself. No stack is needed.

mod answers;
mod catalogue;
mod examples;
mod logins;
mod operations;
mod posts;

use super::*;

fn contract() -> Contract {
    Contract::load().unwrap()
}

/// Every object and array in `node`, with its JSON pointer.
fn walk<'a>(node: &'a Value, pointer: &str, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(pointer, node);
    for (name, member) in node.as_object().into_iter().flatten() {
        walk(member, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), visit);
    }
    for (index, item) in node.as_array().into_iter().flatten().enumerate() {
        walk(item, &format!("{pointer}/{index}"), visit);
    }
}
