//! Signing in at a provider.

use crate::web::text::Notice;
use crate::web::text::openid::OpenId;

pub(super) const OPENID: OpenId = OpenId {
    sign_in: |name| format!("Sign in with {name}"),
    link_title: |name| format!("Or: use your {name} account"),
    link_means: |name| {
        format!(
            "You need no password and no authenticator here: from now on you always sign in with {name}, where both factors are checked."
        )
    },
    link: |name| format!("Use my {name} account"),
    leaving: |name| format!("Taking you to {name}"),
    leaving_lead: "There you show both factors, and are led back here.",
    go: |name| format!("Continue to {name}"),
    signed_in: "You are signed in",
    go_on: "Continue",
    cancelled: Notice {
        title: "You cancelled the sign-in",
        body: "Nothing has changed. You can sign in again at any time.",
    },
    strayed: Notice {
        title: "Please start signing in again",
        body: "It took longer than 10 minutes, or this sign-in did not begin in this browser, or the browser takes no cookies.",
    },
    not_right: Notice {
        title: "We could not confirm who you are",
        body: "The identity provider's answer is not valid and was not used. Please try again; if that does not help, tell the administrator of your office.",
    },
    away: Notice {
        title: "The identity provider cannot be reached",
        body: "Please try again in a few minutes. Whoever has a password and an authenticator here can sign in as always.",
    },
    one_factor: Notice {
        title: "Both factors are needed",
        body: "The identity provider did not check two factors, or did so too long ago. Sign in there again with both of them.",
    },
    not_linked: Notice {
        title: "No account is linked",
        body: "You signed in at the identity provider, but no account in use here is linked with that one. Activate yours with the code that the administrator of your office gave you.",
    },
    already_linked: Notice {
        title: "Linked with another account already",
        body: "An account of the identity provider is linked with one account here. Activate this one with a password, or ask the administrator of your office.",
    },
    keeps_password: Notice {
        title: "Your password is not kept here",
        body: "You sign in with an account of the identity provider. Change password and second factor there. If you lost that account, ask the administrator of your office to reset yours here.",
    },
};
