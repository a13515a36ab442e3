//! Going through a consent page as a browser does.

use reqwest::{Response, Url, header::LOCATION};

use super::{Remote, RemoteError, form};
use form::{Form, Input};

/// What a person does with a consent page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who, by TikTok's `username`, Facebook's `login`, Instagram's `username`; otherwise whoever is preselected.
    pub person: Option<String>,
    /// What.
    pub decision: Decision,
}

/// Which button, after which boxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Allows all of it.
    Allow,
    /// Allows these and what can't be declined.
    AllowOnly(Vec<String>),
    /// Denies.
    Deny,
}

impl Consent {
    /// Allows all of it.
    pub fn allow() -> Self {
        Self { person: None, decision: Decision::Allow }
    }

    /// Allows these and what can't be declined.
    pub fn only(scopes: &[&str]) -> Self {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Self { person: None, decision: Decision::AllowOnly(scopes) }
    }

    /// Denies.
    pub fn deny() -> Self {
        Self { person: None, decision: Decision::Deny }
    }

    /// The same by this person.
    #[must_use]
    pub fn by(self, person: &str) -> Self {
        Self { person: Some(person.to_owned()), ..self }
    }

    /// What the form sends.
    fn fill(&self, form: &Form) -> Result<Vec<(String, String)>, RemoteError> {
        let button = if self.decision == Decision::Deny { "deny" } else { "allow" };
        self.offered(form, "decision", button)?;
        if let Some(person) = &self.person {
            self.offered(form, "person", person)?;
        }
        if let Decision::AllowOnly(scopes) = &self.decision {
            scopes.iter().try_for_each(|scope| self.offered(form, "scope", scope))?;
        }
        let sent = form.inputs.iter().filter(|input| !input.disabled && self.sends(input, button));
        Ok(sent.map(|input| (input.name.clone(), input.value.clone())).collect())
    }

    fn offered(&self, form: &Form, name: &str, value: &str) -> Result<(), RemoteError> {
        let offered = form.inputs.iter().any(|input| input.name == name && input.value == value);
        if offered { Ok(()) } else { Err(RemoteError::NotOffered(format!("{name} {value}"))) }
    }

    fn sends(&self, input: &Input, button: &str) -> bool {
        match (input.kind.as_str(), &self.person, &self.decision) {
            ("submit", ..) => input.value == button,
            ("radio", Some(person), _) => input.value == *person,
            ("checkbox", _, Decision::AllowOnly(scopes)) => scopes.contains(&input.value),
            ("radio" | "checkbox", ..) => input.checked,
            _ => true,
        }
    }
}

impl Remote {
    /// The page, the form, the button. Who isn't asked is sent back at once.
    pub(super) async fn consent(&self, url: &str, choice: &Consent) -> Result<String, RemoteError> {
        let page = self.client.get(url).send().await?;
        if let Some(location) = location(&page) {
            return Ok(location);
        }
        let (status, html) = (page.status().as_u16(), page.text().await?);
        let Some(form) = form::parse(&html) else {
            return Err(RemoteError::Stopped { status, text: form::text(&html) });
        };
        let address = action(url, &form).ok_or_else(|| RemoteError::NotOffered("address".to_owned()))?;
        let answer = self.client.post(address).form(&choice.fill(&form)?).send().await?;
        if let Some(location) = location(&answer) {
            return Ok(location);
        }
        Err(RemoteError::Stopped { status: answer.status().as_u16(), text: form::text(&answer.text().await?) })
    }
}

fn location(answer: &Response) -> Option<String> {
    let header = answer.headers().get(LOCATION).filter(|_| answer.status().is_redirection())?;
    header.to_str().ok().map(str::to_owned)
}

/// A form without an action posts to the page's own address.
fn action(url: &str, form: &Form) -> Option<Url> {
    let page = Url::parse(url).ok()?;
    form.action.as_deref().map_or_else(|| Some(page.clone()), |action| page.join(action).ok())
}
