//! The pages that a person sees: a question with two buttons, or what went wrong.

use axum::response::Html;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f4f6;color:#161823}\
main{max-width:26rem;margin:4rem auto;padding:2rem;background:#fff;border-radius:.75rem;box-shadow:0 1px 8px #0002}\
h1{font-size:1.25rem;margin-top:0}fieldset{border:0;padding:0;margin:1rem 0}legend{font-weight:600}\
label{display:block;padding:.25rem 0}small{color:#666}\
button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.4rem;margin-right:.5rem}\
button[value=allow]{background:#161823;color:#fff}";

/// Asks a person to let an app do something. The form posts to the page's own address, so the request stays in it.
#[derive(Debug)]
pub(crate) struct ConsentPage<'a> {
    /// Who asks.
    pub(crate) platform: &'a str,
    /// Who wants to be let.
    pub(crate) app: &'a str,
    /// Those who may be logged in.
    pub(crate) people: Vec<Choice>,
    /// What the app wants.
    pub(crate) scopes: Vec<Scope>,
}

/// Somebody to be.
#[derive(Debug)]
pub(crate) struct Choice {
    /// What the form carries.
    pub(crate) value: String,
    /// What the person reads.
    pub(crate) label: String,
}

/// Something to allow.
#[derive(Debug)]
pub(crate) struct Scope {
    /// Its name.
    pub(crate) name: String,
    /// Whether it can't be declined by itself.
    pub(crate) fixed: bool,
}

impl ConsentPage<'_> {
    pub(crate) fn render(&self) -> Html<String> {
        let title = format!("{} wants to use your {} account", self.app, self.platform);
        let form = format!(
            "<form method=\"post\">{}{}<button name=\"decision\" value=\"allow\">Allow</button>\
             <button name=\"decision\" value=\"deny\">Deny</button></form>\
             <p><small>A simulated {}: no real account is involved.</small></p>",
            group("Who are you?", self.people.iter().enumerate().map(|(index, choice)| choice.render(index == 0))),
            group("It will be able to use", self.scopes.iter().map(Scope::render)),
            escape(self.platform),
        );
        document(&title, &form)
    }
}

impl Choice {
    fn render(&self, first: bool) -> String {
        let (value, label) = (escape(&self.value), escape(&self.label));
        let checked = if first { " checked" } else { "" };
        format!("<label><input type=\"radio\" name=\"person\" value=\"{value}\"{checked}> {label}</label>")
    }
}

impl Scope {
    /// A browser doesn't send a box that can't be changed, so a hidden field does.
    fn render(&self) -> String {
        let name = escape(&self.name);
        if !self.fixed {
            return format!("<label><input type=\"checkbox\" name=\"scope\" value=\"{name}\" checked> {name}</label>");
        }
        format!(
            "<input type=\"hidden\" name=\"scope\" value=\"{name}\">\
             <label><input type=\"checkbox\" checked disabled> {name}</label>"
        )
    }
}

fn group(legend: &str, lines: impl Iterator<Item = String>) -> String {
    format!("<fieldset><legend>{legend}</legend>{}</fieldset>", lines.collect::<String>())
}

/// Says what went wrong; nobody is sent back to the app.
pub(crate) fn error_page(title: &str, text: &str) -> Html<String> {
    document(title, &format!("<p>{}</p>", escape(text)))
}

fn document(title: &str, body: &str) -> Html<String> {
    let title = escape(title);
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>"
    ))
}

fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;")
}
