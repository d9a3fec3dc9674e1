use super::*;
use crate::syntax;

/// A small client of our own, with each way in which the real ones come to a key.
const CONSTANTS: &str = r#"
package demo.names;
public interface Names {
    String ROOT = "demo.app";
    String COLOUR = ROOT + ".window" + ".COLOUR";
    String OLD_COLOUR = "demo.app.COLOR";
}
"#;

const WINDOW: &str = r#"
package demo.window;
import demo.names.*;
import static demo.names.Names.OLD_COLOUR;
public class Window {
    private static final String CLASS_KEY = Window.class.getName() + ".SIZE";
    private final ConfigurationService config;
    enum Side { LEFT, RIGHT }
    Window(ConfigurationService config) { this.config = config; }
    String colour() {
        String value = config.getString(Names.COLOUR);
        return value == null ? config.getString(OLD_COLOUR, "red") : value;
    }
    int size() { return this.config.getInt(CLASS_KEY, 3); }
    boolean isHidden(String part) { return config.getBoolean("demo.hide." + part, false); }
    void all(Resources resources) {
        isHidden("menu");
        isHidden(resources.isSmall() ? "toolbar" : "status");
        for (String row : new String[] { "first", "second" })
            config.getProperty("demo.rows." + row);
        config.getPropertyNamesByPrefix("demo.saved", true);
        config.getString("demo.user." + resources.userName() + ".name");
        config.setProperty("demo.written", "1");
        resources.getSettingsString("demo.default");
        getService(context, ConfigurationService.class).getLong("demo.asked", 1L);
        System.getProperty("demo.property");
        ConfigUtils.getInt(config, "demo.library." + Names.ROOT, 5);
        new Other().getString("demo.not.a.setting");
    }
}
"#;

const ACCOUNT: &str = r#"
package demo.protocol.sip;
public class SipAccountID extends AccountID {
    static final String TRANSPORT = "TRANSPORT_KIND";
    boolean isLoud() { return getAccountPropertyBoolean("LOUD", false); }
    String transport() { return accountProperties.get(TRANSPORT); }
    String secret(CredentialsStorageService store) { return store.loadPassword("demo.store"); }
    public String getAccountPropertyString(String key) { return accountProperties.get(key); }
}
"#;

fn found() -> Vec<(Kind, String, bool)> {
    let mut program = Program::default();
    for (path, text) in
        [("demo/Names.java", CONSTANTS), ("demo/Window.java", WINDOW), ("demo/protocol/sip/SipAccountID.java", ACCOUNT)]
    {
        program.add(path.to_owned(), syntax::read(text).unwrap());
    }
    names(&program).into_iter().map(|(name, uses)| (name.kind, name.pattern, !uses.reads.is_empty())).collect()
}

#[test]
fn every_way_to_a_key_is_found() {
    let key = |pattern: &str| (Kind::Key, pattern.to_owned(), true);
    let setting = |pattern: &str| (Kind::Setting(Accounts::Sip), pattern.to_owned(), true);
    let mut wanted = vec![
        key("demo.app.window.COLOUR"),
        key("demo.app.COLOR"),
        key("demo.window.Window.SIZE"),
        key("demo.hide.menu"),
        key("demo.hide.toolbar"),
        key("demo.hide.status"),
        key("demo.rows.first"),
        key("demo.rows.second"),
        key("demo.saved*"),
        key("demo.user.*.name"),
        key("demo.default"),
        key("demo.asked"),
        key("demo.library.demo.app"),
        key("demo.store.PASSWORD"),
        (Kind::Key, "demo.written".to_owned(), false),
        (Kind::Property, "demo.property".to_owned(), true),
        setting("LOUD"),
        setting("TRANSPORT_KIND"),
    ];
    wanted.sort();
    assert_eq!(found(), wanted);
}
