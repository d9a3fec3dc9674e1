use super::*;

#[test]
fn names_of_secrets_are_known() {
    for name in [
        "PASSWORD",
        "password",
        "acc1.PASS",
        "sip_pass",
        "sippass",
        "VOICEMAIL_PIN",
        "voicemailpin",
        "accessToken",
        "ACCESSTOKEN",
        "STUN0PASSWORD",
        "STUN0.PASSWORD",
        "acc.password.encrypted",
        "acc.token.0",
        "clientSecret",
        "connectionProxyPassword",
        "bindPassword",
        "turn_secret",
        "userPwd",
        "ldappw",
        "passphrase",
        "api_key",
        "apiKey",
        "APIKEY",
        "privateKey",
        "shared-key",
        "credentials",
        "door_code",
        "accounts.pin",
        "kennwort",
        "mot_de_passe",
        "new_password",
        "password_hash",
        "ENCRYPTED_PASSWORD",
        "pin2",
        "authorization",
        "resetToken",
        "SIPPassword",
        "psk",
        "PASSWORD_OLD",
        "xcapPASS",
        "pinCode",
        "totp",
        "SAVE_PASSWORD",
        "PassCode",
        "pukCode",
        "TOKEN_V2",
        "PASSWORD_ENC",
        "passwordMd5",
        "PASSWORD_B64",
        "wpaKey",
        "AUTHKEY",
        "motdepasse",
        "contraseña",
        "пароль",
    ] {
        assert!(is_secret_name(name), "{name}");
    }
}

#[test]
fn other_names_are_not_taken_for_names_of_secrets() {
    for name in [
        "",
        ".",
        "0",
        "USER_ID",
        "PASSWORD_LENGTH",
        "IS_PASSWORD_SAVED",
        "PASSWORD_CHANGE_ALLOWED",
        "password.length",
        "tokenExpiry",
        "BYPASS",
        "FORCE_PROXY_BYPASS",
        "pinned",
        "spin",
        "shipping",
        "key",
        "site.key",
        "keyStore",
        "keyStoreType",
        "country_code",
        "area_code",
        "compass",
        "passive",
        "secretary",
        "tokenizer",
        "AUTHORIZATION_NAME",
        "auth.USERNAME",
        "pin.example",
        "encrypted",
        "opinion",
        "extension",
        "PASSWORD_HINT",
        "hotkey",
        "shortcut_key",
    ] {
        assert!(!is_secret_name(name), "{name}");
    }
}

#[test]
fn questions_are_known_by_their_first_word() {
    assert!(["SAVE_PASSWORD", "a.savePassword", "maxTokens", "NO_PASSWORD"].into_iter().all(is_question));
    assert!(!["PASSWORD", "savedPassword", "issuerToken", "showroom_pin"].into_iter().any(is_question));
}
