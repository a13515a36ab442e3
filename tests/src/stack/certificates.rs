//! A certificate authority of the stack's own, and PostgreSQL's certificate from it: the functions demand verified TLS
//! here as they do on AWS.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, SanType};

/// What a server needs to prove itself, as PEM.
#[derive(Debug)]
pub(super) struct ServerIdentity {
    /// The authority that clients trust.
    pub authority: String,
    /// The server's certificate, for `localhost` and 127.0.0.1.
    pub certificate: String,
    /// The server's private key.
    pub key: String,
}

impl ServerIdentity {
    /// Makes an authority and a certificate; the authority's key is forgotten.
    pub(super) fn issue() -> Result<Self> {
        let authority = CertifiedIssuer::self_signed(authority_parameters()?, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = server_parameters()?.signed_by(&key, &authority)?;
        Ok(Self { authority: authority.pem(), certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

fn authority_parameters() -> Result<CertificateParams> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.distinguished_name.push(DnType::CommonName, "local stack authority");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(parameters)
}

fn server_parameters() -> Result<CertificateParams> {
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
    parameters.distinguished_name.push(DnType::CommonName, "local stack server");
    parameters.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    parameters.use_authority_key_identifier_extension = true;
    Ok(parameters)
}
