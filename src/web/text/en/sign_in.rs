//! Signing in, enrolling, changing a password.

use crate::web::text::sign_in::{Enrol, Passwords, SignIn};
use crate::web::text::{Notice, NoticeWith};

pub(super) const SIGN_IN: SignIn = SignIn {
    title: "Sign in for offices",
    lead: "For staff of offices that the ministry has granted the right to look transcripts up. Learners and parents use the code on the transcript and need not sign in.",
    account: "Account",
    account_hint: "For example: lan.nguyen@dhqg-hn",
    password: "Password",
    code: "Authenticator code",
    code_hint: "The 6 digits that your authenticator app shows now; each code works once.",
    submit: "Sign in",
    to_enrol: "Do you have an invitation code? Activate your account",
    lost: "Forgot your password or lost your phone? Ask the administrator of your office to reset your account.",
    kept: "Each sign-in, search and opened transcript is recorded in the journal.",
    wrong: Notice {
        title: "Not signed in",
        body: "The account, password or authenticator code is not right. Check them and use the newest code; your phone's clock must be right.",
    },
    wait: NoticeWith {
        title: "Please wait before you try again",
        body: |wait| format!("There were too many wrong attempts in a row. You can try again in {wait}."),
        without: "There were too many wrong attempts in a row.",
    },
    no_grant: Notice {
        title: "Your office's right to look up is not in force",
        body: "Your sign-in is right, but the grant of your office has run out or was ended. Your office can contact the ministry at the address below.",
    },
    unavailable: Notice { title: "The system is busy", body: "Nothing was done. Please try again in a few minutes." },
    stale: Notice {
        title: "Please send it once more",
        body: "The page was an old one, or your browser takes no cookies. Allow cookies of this portal and type it again.",
    },
    over: "Your session has ended",
    over_why: |idle, longest| {
        format!(
            "Sign in again to go on. A session ends after {idle} without use, after {longest}, or when your account or your office's grant changes. What you were typing was not saved."
        )
    },
    signed_out: Notice { title: "You are signed out", body: "Close the browser if others use this computer." },
    enrolled: Notice {
        title: "Your account is active",
        body: "Now sign in. The code you have just used does not work again: wait for the next one, 30 seconds at most.",
    },
    password_changed: Notice {
        title: "Your password was changed",
        body: "All your sessions have ended. Sign in with the new password.",
    },
};

pub(super) const ENROL: Enrol = Enrol {
    title: "Activate your account",
    lead: "You need the invitation code that the administrator of your office gave you, and an authenticator app on your phone (Google Authenticator, Microsoft Authenticator, Aegis…).",
    invitation: "Invitation code",
    invitation_hint: "24 letters and digits, such as ABCD-2345-…; works for 7 days",
    next: "Continue",
    no_invitation: Notice {
        title: "The account was not activated",
        body: "The account or the invitation code is not right, the code was used, or it is older than 7 days. Check both, or ask your administrator for a new code.",
    },
    of: |account| format!("Account {account}"),
    password_title: "Step 1: choose a password",
    authenticator_title: "Step 2: set up your authenticator",
    authenticator: "Open the authenticator app on your phone, choose to add an account and scan this QR code. From then on the app shows a new code every 30 seconds.",
    scan: "Scan it with the authenticator app, not with the camera.",
    no_camera: "Cannot scan it? Type the key",
    type_it: "In the app choose to enter a setup key, type “time based”, and type this key (without the spaces):",
    secret: "Do not photograph this QR code or this key, and send them to nobody: whoever has them can make your codes.",
    first_code: "The code that the app shows now",
    first_code_hint: "6 digits",
    submit: "Activate",
    wrong_code: "The code is not right. Scan the QR code again, wait for the next code and check your phone's clock.",
};

pub(super) const PASSWORDS: Passwords = Passwords {
    title: "Change password",
    lead: "All your sessions end, and you sign in again with the new password.",
    present: "Present password",
    new: "New password",
    again: "New password once more",
    rules: |least| {
        format!(
            "At least {least} characters, not the name of your account. A short sentence that you remember, with spaces, is better than a difficult word. Do not use the password of another site."
        )
    },
    submit: "Change password",
    fault: "The password was not set",
    short: |least| format!("A password needs at least {least} characters."),
    long: "The password is longer than 128 characters.",
    control: "The password has characters that cannot be seen. Please type it by hand.",
    weak: "This password is easy to guess: a few characters again and again, or little more than the name of the account.",
    differ: "The two passwords are not the same.",
    wrong: "The present password is not right.",
};
