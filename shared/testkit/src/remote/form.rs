//! As much of HTML as a consent page needs: one form with inputs and buttons.

/// The page's form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) action: Option<String>,
    pub(super) inputs: Vec<Input>,
}

/// An input or a button, which is an input of the kind `submit`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) checked: bool,
    pub(super) disabled: bool,
}

/// The first form of a page.
pub(super) fn parse(html: &str) -> Option<Form> {
    let (_, from_form) = html.split_once("<form")?;
    let (form, _) = from_form.split_once("</form")?;
    let (head, body) = form.split_once('>')?;
    let action = attributes(head).into_iter().find(|(name, _)| name == "action").map(|(_, value)| value);
    Some(Form { action, inputs: body.split('<').filter_map(input).collect() })
}

/// An input from the text behind its `<`.
fn input(tag: &str) -> Option<Input> {
    let (tag, _) = tag.split_once('>')?;
    let (kind, rest) = match tag.split_once(char::is_whitespace)? {
        ("input", rest) => ("text", rest),
        ("button", rest) => ("submit", rest),
        _ => return None,
    };
    let mut input = Input { kind: kind.to_owned(), ..Input::default() };
    for (name, value) in attributes(rest) {
        match name.as_str() {
            "type" => input.kind = value,
            "name" => input.name = value,
            "value" => input.value = value,
            "checked" => input.checked = true,
            "disabled" => input.disabled = true,
            _ => {}
        }
    }
    Some(input)
}

/// Names with their values, which may be quoted or missing.
fn attributes(mut text: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    loop {
        text = text.trim_start().trim_start_matches('/');
        let end = text.find(|character: char| character == '=' || character.is_whitespace()).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            return attributes;
        }
        let (value, rest) = rest.strip_prefix('=').map_or(("", rest), value);
        attributes.push((name.to_ascii_lowercase(), unescape(value)));
        text = rest;
    }
}

fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// What a person reads on a page.
pub(super) fn text(html: &str) -> String {
    let (_, body) = html.split_once("<body").unwrap_or(("", html));
    let outside = body.split('<').map(|tag| tag.split_once('>').map_or(tag, |(_, text)| text));
    let words: Vec<_> = outside.flat_map(str::split_whitespace).collect();
    unescape(&words.join(" "))
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::*;
    use crate::html::{Choice, ConsentPage, Scope};

    #[test]
    fn inputs_are_read_as_a_browser_reads_them() {
        let page = "<p>Hi</p><form method=post action='/a?b=1&amp;c=2'><label>\
                    <input type=\"checkbox\" name='s' value=\"x\" checked> x</label><input disabled name=n>\
                    <button name=\"d\" value=\"ok\">OK</button></form>";
        let form = parse(page).unwrap();
        let input = |kind: &str, name: &str, value: &str, checked, disabled| {
            let (kind, name, value) = (kind.to_owned(), name.to_owned(), value.to_owned());
            Input { kind, name, value, checked, disabled }
        };
        assert_eq!(form.action.as_deref(), Some("/a?b=1&c=2"));
        let expected = [
            input("checkbox", "s", "x", true, false),
            input("text", "n", "", false, true),
            input("submit", "d", "ok", false, false),
        ];
        assert_eq!(form.inputs, expected);
    }

    proptest! {
        #[test]
        fn what_a_consent_page_carries_comes_back_from_its_form(name in ".*", scope in ".*", fixed: bool) {
            let people = vec![Choice { value: name.clone(), label: name.clone() }];
            let scopes = vec![Scope { name: scope.clone(), fixed }];
            let page = ConsentPage { platform: "TikTok", app: &name, people, scopes };
            let form = parse(&page.render().0).unwrap();
            let sent = |named: &str| {
                let mut inputs = form.inputs.iter().filter(|input| input.name == named && !input.disabled);
                (inputs.next().map(|input| input.value.clone()), inputs.next().is_none())
            };
            prop_assert_eq!(sent("person"), (Some(name), true));
            prop_assert_eq!(sent("scope"), (Some(scope), true));
        }
    }

    #[test]
    fn a_page_without_a_form_is_only_text() {
        let page = "<html><body><h1>No</h1><p>it&#39;s  not <b>possible</b></p></body></html>";
        assert_eq!((parse(page), text(page)), (None, "No it's not possible".to_owned()));
    }
}
