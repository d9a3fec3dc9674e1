//! The keys that sites provision, written out by hand: what is here must never be called unknown.

use super::super::describe;

/// A key with its placeholders filled.
pub(super) fn filled(pattern: &str) -> String {
    let examples = [
        ("<acc>", "accx"),
        ("<n>", "0"),
        ("<hash>", "1679829923"),
        ("<id>", "one"),
        ("<room>", "room1"),
        ("<codec>", "opus/48000"),
        ("<domain>", "example.org"),
        ("<name>", "java.net.preferIPv4Stack"),
        ("<uid>", "SIP:1001@pbx.example.org"),
    ];
    examples.iter().fold(pattern.to_owned(), |key, (hole, example)| key.replace(hole, example))
}

#[track_caller]
fn all_known(prefix: &str, names: &str) {
    for name in names.split_whitespace() {
        let key = format!("{prefix}{name}");
        assert!(describe(&key).is_some(), "{key} is not known");
    }
}

#[test]
fn settings_of_xmpp_accounts_are_known() {
    let names = "ACCOUNT_UID USER_ID PASSWORD PROTOCOL_NAME SERVER_ADDRESS SERVER_PORT IS_SERVER_OVERRIDDEN \
        CUSTOM_XMPP_DOMAIN ALLOW_NON_SECURE AUTO_GENERATE_RESOURCE RESOURCE RESOURCE_PRIORITY ACCOUNT_DISPLAY_NAME \
        DISPLAY_NAME IS_PREFERRED_PROTOCOL IS_ACCOUNT_DISABLED IS_READ_ONLY READ_ONLY_GROUPS IS_CONFIG_HIDDEN \
        IS_STATUS_MENU_HIDDEN IS_PROTOCOL_HIDDEN CARBON_DISABLED SEND_KEEP_ALIVE KEEP_ALIVE_METHOD KEEP_ALIVE_INTERVAL \
        CALLING_DISABLED VIDEO_CALLING_DISABLED DESKTOP_STREAMING_DISABLED DESKTOP_REMOTE_CONTROL_DISABLED \
        OVERRIDE_PHONE_SUFFIX TELEPHONY_BYPASS_GTALK_CAPS ICE_ENABLED UPNP_ENABLED AUTO_DISCOVER_STUN \
        USE_DEFAULT_STUN_SERVER STUN0ADDRESS STUN0PORT STUN0USERNAME STUN99IS_TURN_SUPPORTED STUN0.PASSWORD \
        JINGLE_NODES_ENABLED AUTO_DISCOVER_JINGLE_NODES JINGLENODES0ADDRESS JINGLENODES12IS_RELAY_SUPPORTED \
        GOOGLE_CONTACTS_ENABLED BYPASS_GTALK_CAPABILITIES BOSH_URL ANONYMOUS_AUTH CLIENT_TLS_CERTIFICATE DTMF_METHOD \
        DTMF_MINIMAL_TONE_DURATION GMAIL_NOTIFICATIONS_ENABLED GTALK_ICE_ENABLED OVERRIDE_ENCODINGS \
        Encodings.opus/48000 Encodings.H264/90000 ENCRYPTED_PASSWORD";
    all_known("net.java.sip.communicator.impl.protocol.jabber.accx.", names);
    all_known("net.java.sip.communicator.impl.protocol.jabber.", "accx acc1388070872424");
}

#[test]
fn settings_of_sip_accounts_are_known() {
    let names = "ACCOUNT_UID USER_ID PASSWORD PROTOCOL_NAME SERVER_ADDRESS SERVER_PORT SERVER_TRANSPORT \
        AUTHORIZATION_NAME DISPLAY_NAME PROXY_AUTO_CONFIG PROXY_ADDRESS PROXY_PORT PREFERRED_TRANSPORT FORCE_PROXY_BYPASS \
        MUST_REGISTER_TO_CALL IS_PRESENCE_ENABLED FORCE_P2P_MODE POLLING_PERIOD SUBSCRIPTION_EXPIRATION KEEP_ALIVE_METHOD \
        KEEP_ALIVE_INTERVAL VOICEMAIL_ENABLED VOICEMAIL_URI VOICEMAIL_CHECK_URI DEFAULT_ENCRYPTION \
        DEFAULT_SIPZRTP_ATTRIBUTE SAVP_OPTION SDES_CIPHER_SUITES ENCRYPTION_PROTOCOL.ZRTP ENCRYPTION_PROTOCOL.SDES \
        ENCRYPTION_PROTOCOL.DTLS-SRTP ENCRYPTION_PROTOCOL_STATUS.ZRTP ENCRYPTION_PROTOCOL_STATUS.SDES \
        ENCRYPTION_PROTOCOL_STATUS.DTLS-SRTP AUTO_ANSWER_UNCONDITIONAL AUTO_ANSWER_CONDITIONAL_NAME \
        AUTO_ANSWER_CONDITIONAL_VALUE AUTO_ANSWER_FWD_NUM AUTO_ANSWER_WITH_VIDEO XCAP_ENABLE XIVO_ENABLE \
        OPT_CLIST_SERVER_URI OPT_CLIST_USER OPT_CLIST_USE_SIP_CREDETIALS cusax.XMPP_ACCOUNT_ID BLF_ENABLED \
        BLF_LINE.1.Address IS_CALL_PARK_ENABLED CALL_PARK_PREFIX_PROPERTY FORCE_MESSAGING OFFLINE_MSG_SUPPORTED \
        OVERRIDE_ENCODINGS Encodings.PCMU/8000 OPT_CLIST_PASSWORD";
    all_known("net.java.sip.communicator.impl.protocol.sip.accx.", names);
    all_known("SIP:1001@pbx.example.org.", "xcap.PASSWORD");
    let global = "SingleCallInProgressPolicy.enabled CallWaitingDisabled RejectIncomingCallsWhenDnD \
        OnThePhoneStatusPolicy.enabled";
    all_known("net.java.sip.communicator.impl.protocol.", global);
}

#[test]
fn keys_that_lock_the_client_are_known() {
    all_known("net.java.sip.communicator.impl.gui.main.configforms.", "SHOW_OPTIONS_WINDOW SHOW_ACCOUNT_CONFIG");
    all_known("net.java.sip.communicator.impl.gui.main.account.", "ADVANCED_CONFIG_DISABLED");
    let pages = "generalconfig chatconfig securityconfig notificationconfiguration advancedconfig globalproxyconfig \
        dnsconfig certconfig loggingconfig keybindingsconfig pluginconfig contactsourceconfig provisionconfig \
        generalconfig.startupconfig generalconfig.messageconfig generalconfig.autoawayconfig \
        generalconfig.notificationconfig generalconfig.localeconfig generalconfig.systrayconfig generalconfig.callconfig \
        generalconfig.sipconfig generalconfig.xmppconfig securityconfig.masterpasswordconfig otr";
    for page in pages.split_whitespace() {
        all_known("net.java.sip.communicator.plugin.", &format!("{page}.DISABLED"));
    }
    let plugin = "otr.PRIVATE_MESSAGING_MANDATORY statusupdate.enable statusupdate.timer";
    all_known("net.java.sip.communicator.plugin.", plugin);
    let media = "AUDIO_CONFIG_DISABLED VIDEO_CONFIG_DISABLED devicesconfig.DISABLED encodingsconfig.DISABLED \
        h264config.DISABLED zrtpconfig.DISABLED callrecordingconfig.DISABLED";
    all_known("net.java.sip.communicator.impl.neomedia.", media);
    let contacts = "CONTACT_ADD_DISABLED CONTACT_REMOVE_DISABLED CONTACT_RENAME_DISABLED CONTACT_MOVE_DISABLED \
        CONTACT_MERGE_DISABLED CREATE_GROUP_DISABLED GROUP_REMOVE_DISABLED GROUP_RENAME_DISABLED FLATTEN_GROUP_ENABLED";
    all_known("net.java.sip.communicator.impl.gui.main.contactlist.", contacts);
    let main = "chatroomslist.GO_TO_CHATROOM_DISABLED menus.AUTO_ANSWER_MENU_DISABLED \
        menus.CONFERENCE_CALL_MENU_ITEM_DISABLED call.HIDE_CALL_HOLD_BUTTON call.HIDE_VIDEO_BUTTON \
        presence.GLOBAL_DISPLAY_NAME SHOW_MASTER_PASSWORD_WARNING";
    all_known("net.java.sip.communicator.impl.gui.main.", main);
    let others = "service.gui.CHAT_ROOM_CONFIG_DISABLED service.msghistory.IS_MESSAGE_HISTORY_ENABLED \
        service.resources.DefaultLocale";
    all_known("net.java.sip.communicator.", others);
    let short = "impl.gui.HIDE_ACCOUNT_STATUS_SELECTORS service.gui.IS_PRIVATE_CHAT_IN_CHATROOM_DISABLED \
        service.gui.SEND_MESSAGE_COMMAND service.gui.AUTO_POPUP_NEW_MESSAGE service.gui.IS_MULTI_CHAT_WINDOW_ENABLED \
        service.gui.MESSAGE_HISTORY_SIZE service.gui.LEAVE_CHATROOM_ON_WINDOW_CLOSE \
        service.gui.SEND_TYPING_NOTIFICATIONS_ENABLED impl.gui.NORMALIZE_PHONE_NUMBER \
        impl.gui.ACCEPT_PHONE_NUMBER_WITH_ALPHA_CHARS";
    all_known("", short);
}

#[test]
fn keys_for_provisioning_updates_and_media_are_known() {
    let names = "plugin.provisioning.METHOD plugin.provisioning.URL plugin.provisioning.MANDATORY \
        plugin.provisioning.auth plugin.provisioning.auth.USERNAME UUID UPDATE_LINK plugin.updatechecker.ENABLED \
        plugin.update.checkforupdatesmenu.DISABLED plugin.update.checkforupdatesmenu.daily.ENABLED \
        plugin.update.checkforupdatesmenu.daily.HOUR service.media.MIN_PORT_NUMBER service.media.MAX_PORT_NUMBER \
        service.media.DISABLE_AUDIO_SUPPORT service.media.DISABLE_VIDEO_SUPPORT impl.neomedia.video.bitrate \
        impl.neomedia.video.framerate impl.neomedia.video.width impl.neomedia.video.height \
        impl.neomedia.video.maxbandwidth service.connectionProxyType service.connectionProxyAddress \
        service.connectionProxyPort service.connectionProxyUsername service.connectionProxyPassword";
    all_known("net.java.sip.communicator.", names);
    let codecs = "opus/48000 SILK/24000 SILK/16000 G722/8000 speex/32000 speex/16000 PCMU/8000 PCMA/8000 iLBC/8000 \
        GSM/8000 speex/8000 G723/8000 SILK/12000 SILK/8000 G729/8000 H264/90000 VP8/90000";
    all_known("net.java.sip.communicator.impl.neomedia.codec.EncodingConfiguration.", codecs);
    let short = "provisioning.ALLOW_PREFIX provisioning.ENFORCE_PREFIX ${system}.java.net.preferIPv4Stack \
        plugin.provisioning.DEFAULT_PROVISIONING_METHOD plugin.provisioning.DEFAULT_PROVISIONING_URI \
        plugin.provisioning.SIGN_UP_LINK";
    all_known("", short);
}

#[test]
fn keys_for_directories_rooms_and_trust_are_known() {
    let directory = ".enabled .hostname .encryption .port .auth .bindDN .PASSWORD .scope .baseDN .overridemail \
        .overridemailsuffix .overrideworkphone .overridemobilephone .overridehomephone .globalPhonePrefix .querymode \
        .customquery .mangle .inlinephoto";
    all_known("net.java.sip.communicator.impl.ldap.directories.dir1679829923", directory);
    all_known("net.java.sip.communicator.impl.ldap.directories.", "dir746838454");
    let books = "ENABLE_MICROSOFT_OUTLOOK_SEARCH ENABLE_MACOSX_ADDRESS_BOOK_SEARCH";
    all_known("plugin.addrbook.", books);
    let rooms = "accx accx.chatRooms.room1 accx.chatRooms.room1.chatRoomName accx.chatRooms.room1.autoJoin \
        accx.accountIndex accx.lastAccountStatus";
    all_known("net.java.sip.communicator.impl.gui.accounts.", rooms);
    let trust = "example.org _xmpp-client.example.org prov.example.org";
    all_known("net.java.sip.communicator.impl.certservice.param.", trust);
    let service = "tls.NO_USER_INTERACTION gui.ALWAYS_TRUST_MODE_ENABLED cert.truststore.file cert.truststore.type";
    all_known("net.java.sip.communicator.service.", service);
}
