//! Name constraints (RFC 5280 §4.2.1.10): which names an authority may give.
//!
//! Directory names, mail addresses and host names are compared; a certificate with a name of any other form
//! for which there is a constraint is refused, and so is a subtree with a minimum or maximum.

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::NameConstraints;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

use super::certificate::Certificate;

const MAIL_ATTRIBUTE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// A name of a certificate, in the form constraints are about.
enum Held<'a> {
    Directory(&'a Name),
    Mail(&'a str),
    Host(&'a str),
    Other(&'a GeneralName),
}

/// Whether all names of the certificate are ones that the constraints allow.
pub(super) fn allow(constraints: &NameConstraints, certificate: &Certificate) -> bool {
    let Some(held) = names_of(certificate) else { return false };
    let permitted = constraints.permitted_subtrees.as_deref().unwrap_or_default();
    let excluded = constraints.excluded_subtrees.as_deref().unwrap_or_default();
    let plain = |tree: &GeneralSubtree| tree.minimum == 0 && tree.maximum.is_none();
    permitted.iter().chain(excluded).all(plain)
        && held.iter().all(|name| is_permitted(name, permitted) && !is_excluded(name, excluded))
}

/// None for a mail address that is not text.
fn names_of(certificate: &Certificate) -> Option<Vec<Held<'_>>> {
    let subject = certificate.subject();
    let mut held = Vec::new();
    if !subject.0.is_empty() {
        held.push(Held::Directory(subject));
    }
    for attribute in subject.0.iter().flat_map(|set| set.0.iter()).filter(|a| a.oid == MAIL_ATTRIBUTE) {
        held.push(Held::Mail(std::str::from_utf8(attribute.value.value()).ok()?));
    }
    held.extend(certificate.details().alternative_names.iter().map(|name| match name {
        GeneralName::DirectoryName(name) => Held::Directory(name),
        GeneralName::Rfc822Name(mail) => Held::Mail(mail.as_str()),
        GeneralName::DnsName(host) => Held::Host(host.as_str()),
        other => Held::Other(other),
    }));
    Some(held)
}

/// Inside one of the subtrees of its form, if there are any of its form.
fn is_permitted(name: &Held<'_>, trees: &[GeneralSubtree]) -> bool {
    let mut of_its_form = trees.iter().filter(|tree| same_form(name, &tree.base)).peekable();
    of_its_form.peek().is_none() || of_its_form.any(|tree| is_within(name, &tree.base).unwrap_or(false))
}

/// What cannot be compared counts as excluded.
fn is_excluded(name: &Held<'_>, trees: &[GeneralSubtree]) -> bool {
    trees.iter().any(|tree| same_form(name, &tree.base) && is_within(name, &tree.base).unwrap_or(true))
}

fn same_form(name: &Held<'_>, base: &GeneralName) -> bool {
    match (name, base) {
        (Held::Directory(_), GeneralName::DirectoryName(_))
        | (Held::Mail(_), GeneralName::Rfc822Name(_))
        | (Held::Host(_), GeneralName::DnsName(_)) => true,
        (Held::Other(name), base) => std::mem::discriminant(*name) == std::mem::discriminant(base),
        _ => false,
    }
}

/// None where there is no comparison for the form.
fn is_within(name: &Held<'_>, base: &GeneralName) -> Option<bool> {
    match (name, base) {
        (Held::Directory(name), GeneralName::DirectoryName(base)) => Some(name.0.starts_with(&base.0)),
        (Held::Host(host), GeneralName::DnsName(base)) => Some(is_under(host, base.as_str().trim_start_matches('.'))),
        (Held::Mail(mail), GeneralName::Rfc822Name(base)) => {
            let (base, (_, host)) = (base.as_str(), mail.rsplit_once('@')?);
            Some(match (base.contains('@'), base.strip_prefix('.')) {
                (true, _) => mail.eq_ignore_ascii_case(base),
                (false, Some(domain)) => !host.eq_ignore_ascii_case(domain) && is_under(host, domain),
                (false, None) => host.eq_ignore_ascii_case(base),
            })
        }
        _ => None,
    }
}

fn is_under(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.to_ascii_lowercase());
    domain.is_empty() || host == domain || host.strip_suffix(&domain).is_some_and(|left| left.ends_with('.'))
}
