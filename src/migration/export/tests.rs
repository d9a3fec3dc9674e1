use secrecy::ExposeSecret as _;

use super::*;

/// All that an export says, one property in a line.
fn said(text: &str) -> String {
    let export = Export::read(text);
    let mut lines: Vec<String> = Vec::new();
    for entry in &export.entries {
        let name = entry.name.strip_prefix(PREFIX).unwrap_or(&entry.name);
        lines.push(match &entry.value {
            Value::Text(text) => format!("{name}={}", text.expose_secret()),
            other => format!("{name}: {other:?}"),
        });
    }
    lines.extend(export.unread.iter().map(|line| format!("line {line}?")));
    lines.join(" & ")
}

#[test]
fn statements_of_dumps_are_read() {
    for (dump, expected) in [
        // mysqldump
        (
            "LOCK TABLES `ofProperty` WRITE;\nINSERT INTO `ofProperty` VALUES ('passwordKey','x',0,NULL),\
             ('plugin.jitsiprovisioning.secret','O\\'Neil\\\\ (x);',0,NULL),('plugin.jitsiprovisioning.enabled','true',0,NULL);\nUNLOCK TABLES;",
            "secret=O'Neil\\ (x); & enabled=true",
        ),
        // phpMyAdmin
        (
            "INSERT INTO `ofProperty` (`name`, `propValue`, `encrypted`, `iv`) VALUES\n('plugin.jitsiprovisioning.secret', 'abc', 0, NULL),\n\
             ('plugin.jitsiprovisioning.allowedIPs', '10.0.0.1,\\n10.0.0.2', 0, NULL);\n",
            "secret=abc & allowedIPs=10.0.0.1,\n10.0.0.2",
        ),
        // pg_dump --inserts
        (
            "INSERT INTO public.ofproperty VALUES ('plugin.jitsiprovisioning.secret', 'it''s\\raw', 0, NULL);",
            "secret=it's\\raw",
        ),
        (
            "INSERT INTO public.ofproperty VALUES ('plugin.jitsiprovisioning.secret', E'a\\\\b', 0, NULL);",
            "secret=a\\b",
        ),
        // pg_dump --column-inserts of an old version
        ("INSERT INTO ofproperty (name, propvalue) VALUES ('plugin.jitsiprovisioning.secret', 'abc');", "secret=abc"),
        // SQL Server and Oracle
        (
            "INSERT [dbo].[ofProperty] ([name], [propValue], [encrypted], [iv]) VALUES (N'plugin.jitsiprovisioning.secret', N'abc', 0, NULL)\nGO",
            "secret=abc",
        ),
        (
            "Insert into OPENFIRE.OFPROPERTY (NAME,PROPVALUE,ENCRYPTED,IV) values ('plugin.jitsiprovisioning.secret','abc',0,null);",
            "secret=abc",
        ),
        // HSQLDB: script, and log with the number of the session
        (
            "INSERT INTO OFPROPERTY VALUES('plugin.jitsiprovisioning.secret','Gr\\u00fc\\u00df\\u005cx',0,NULL)\nINSERT INTO OFPROPERTY \
             VALUES('plugin.jitsiprovisioning.enabled','true',0,NULL)\n/*C2*/DELETE FROM OFPROPERTY WHERE NAME='plugin.jitsiprovisioning.secret'\n\
             INSERT INTO OFPROPERTY VALUES('plugin.jitsiprovisioning.secret','new',0,NULL)\nCOMMIT",
            "secret=Grüß\\x & enabled=true & secret: Deleted & secret=new",
        ),
        // encrypted, with its initialization vector; and no value
        (
            "INSERT INTO ofProperty VALUES ('plugin.jitsiprovisioning.secret','c2VjcmV0',1,'aXY='),('plugin.jitsiprovisioning.enabled',NULL,0,NULL);",
            "secret: Encrypted & enabled: None",
        ),
        // columns in another order
        (
            "INSERT INTO ofProperty (encrypted, propValue, name) VALUES (1, 'x', 'plugin.jitsiprovisioning.secret');",
            "secret: Encrypted",
        ),
    ] {
        assert_eq!(said(dump), expected, "{dump}");
    }
}

#[test]
fn tables_of_dumps_and_rare_statements_are_read() {
    for (dump, expected) in [
        // pg_dump
        (
            "COPY public.ofproperty (name, propvalue, encrypted, iv) FROM stdin;\nxmpp.domain\texample.org\t0\t\\N\n\
             plugin.jitsiprovisioning.secret\ta\\\\b\\tc\t0\t\\N\nplugin.jitsiprovisioning.enabled\tc2U=\t1\taXY=\n\\.\n\nCOPY public.ofuser (username) FROM stdin;\n\\.",
            "xmpp.domain=example.org & secret=a\\b\tc & enabled: Encrypted",
        ),
        // without quotation marks around names, and with `--replace`
        (
            "-- MySQL dump 10.13\nINSERT INTO ofProperty VALUES ('plugin.jitsiprovisioning.secret','it\\'s',0,NULL);",
            "secret=it's",
        ),
        ("REPLACE INTO `ofProperty` VALUES ('plugin.jitsiprovisioning.secret','abc',0,NULL);", "secret=abc"),
        // The same without its heading could be a value of another database that ends with a backslash.
        (
            "INSERT INTO ofProperty VALUES ('plugin.jitsiprovisioning.secret','it\\'s',0,NULL);\nINSERT INTO ofMuc VALUES (1,'a','b');",
            "line 1?",
        ),
        // a backquote in a value of another database
        (
            "INSERT INTO public.ofproperty VALUES ('plugin.jitsiprovisioning.secret', 'a\\b`c', 0, NULL);",
            "secret=a\\b`c",
        ),
        // expressions
        (
            "INSERT [dbo].[ofProperty] ([name], [propValue]) VALUES (N'plugin.jitsiprovisioning.secret', CAST(N'abc' AS NTEXT))",
            "line 1?",
        ),
        (
            "Insert into OFPROPERTY (NAME,PROPVALUE,ENCRYPTED,IV) values ('plugin.jitsiprovisioning.secret','ab'||chr(38)||'c',0,null);",
            "line 1?",
        ),
        ("INSERT INTO ofProperty VALUES ('plugin.jitsiprovisioning.secret', N'a' + N'b');", "line 1?"),
        // another table that happens to mention the plugin
        ("INSERT INTO ofSecurityAuditLog VALUES (1,'admin','set plugin.jitsiprovisioning.secret');", "line 1?"),
        // Not ended
        ("INSERT INTO ofProperty VALUES ('plugin.jitsiprovisioning.secret','ab", "line 1?"),
    ] {
        assert_eq!(said(dump), expected, "{dump}");
    }
}

#[test]
fn rows_of_queries_are_read() {
    for (rows, expected) in [
        // psql
        (
            "              name               |     propvalue     | encrypted | iv\n---------------------------------+-------------------+-----------+----\n \
             plugin.jitsiprovisioning.secret | abc               |         0 |\n plugin.jitsiprovisioning.allowedIPs | 10.0.0.1,10.0.0.2 |         1 | aXY=\n(2 rows)",
            "secret=abc & allowedIPs: Encrypted",
        ),
        (
            "-[ RECORD 1 ]------------------\nname      | plugin.jitsiprovisioning.secret\npropvalue | abc\nencrypted | 0\niv        |\n",
            "secret=abc",
        ),
        // mysql
        (
            "+---+\n| name | propValue | encrypted | iv |\n+---+\n| plugin.jitsiprovisioning.secret | abc | 0 | NULL |\n\
             | plugin.jitsiprovisioning.allowedIPs |  | 0 | NULL |\n+---+",
            "secret=abc & allowedIPs=",
        ),
        (
            "*************************** 1. row ***************************\n     name: plugin.jitsiprovisioning.secret\npropValue: abc\nencrypted: 1\n       iv: aXY=",
            "secret: Encrypted",
        ),
        ("name\tpropValue\tencrypted\tiv\nplugin.jitsiprovisioning.secret\ta\\\\b\t0\tNULL\n", "secret=a\\b"),
        // CSV and the like, with and without headings, and in another order
        (
            "\u{feff}\"name\",\"propValue\",\"encrypted\",\"iv\"\r\n\"plugin.jitsiprovisioning.allowedIPs\",\"10.0.0.1, \"\"x\"\"\",\"0\",NULL\r\n",
            "allowedIPs=10.0.0.1, \"x\"",
        ),
        ("propValue;name\nabc;plugin.jitsiprovisioning.secret\n", "secret=abc"),
        (
            "plugin.jitsiprovisioning.secret,abc,1,aXY=\nplugin.jitsiprovisioning.enabled;true;0;\n",
            "secret: Encrypted & enabled=true",
        ),
        ("plugin.jitsiprovisioning.secret|abc|0|\n", "secret=abc"),
        ("plugin.jitsiprovisioning.secret\tabc\t1\taXY=\n", "secret: Encrypted"),
        // a value of two lines
        (
            "name,propvalue,encrypted,iv\nplugin.jitsiprovisioning.allowedIPs,\"10.0.0.1,\n10.0.0.2\",0,\nplugin.jitsiprovisioning.secret,abc,False,\n",
            "allowedIPs=10.0.0.1,\n10.0.0.2 & secret=abc",
        ),
        ("\"plugin.jitsiprovisioning.allowedIPs\",\"10.0.0.1,\n10.0.0.2\",0\n", "allowedIPs=10.0.0.1,\n10.0.0.2"),
        ("plugin.jitsiprovisioning.allowedIPs,\"10.0.0.1\n", "line 1?"),
        (
            "| name | propValue |\n| plugin.jitsiprovisioning.secret | abc |\n| plugin.jitsiprovisioning.allowedIPs | 10.0.0.1,\n10.0.0.2 |\n",
            "secret=abc & line 3?",
        ),
        (
            " name | propvalue | encrypted\n plugin.jitsiprovisioning.allowedIPs | 10.0.0.1,+| 0\n | 10.0.0.2 | \n",
            "line 2?",
        ),
        ("name,propvalue,encrypted\nplugin.jitsiprovisioning.secret,c2U=,True\n", "secret: Encrypted"),
        // More cells than columns, or another cell where it says whether the value is encrypted: a value without quotation marks, whose end is not known.
        ("plugin.jitsiprovisioning.allowedIPs,10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4\n", "line 1?"),
        ("plugin.jitsiprovisioning.allowedIPs,10.0.0.1,10.0.0.2\n", "line 1?"),
    ] {
        assert_eq!(said(rows), expected, "{rows}");
    }
}

#[test]
fn listings_are_read() {
    for (listing, expected) in [
        // The console of 4.5 and later: name, value, default value, plugin, description, and pictures.
        (
            "Property Name\tProperty Value\tDefault Value\nplugin.jitsiprovisioning.allowedIPs\t10.0.0.1,10.0.0.2\tunknown\t\t\t\t\t\t\t\n\
             plugin.jitsiprovisioning.enabled\ttrue\tunknown\t\t\nplugin.jitsiprovisioning.secret\thidden\tunknown\t\t",
            "allowedIPs=10.0.0.1,10.0.0.2 & enabled=true & secret: Hidden",
        ),
        // Older ones: some browsers put each cell on a separate line.
        (
            "plugin.jitsiprovisioning.allowedIPs\n\nplugin.jitsiprovisioning.enabled\n\t\ntrue\n\t\nplugin.jitsiprovisioning.secret\n\t\nabc\n",
            "allowedIPs= & enabled=true & secret=abc",
        ),
        ("plugin.jitsiprovisioning.secret   ********", "secret: Hidden"),
        ("plugin.jitsiprovisioning.secret abc\n# plugin.jitsiprovisioning.enabled", "secret=abc & line 2?"),
        (
            "plugin.jitsiprovisioning.secret=a=b\nplugin.jitsiprovisioning.enabled = true\nplugin.jitsiprovisioning.other: x\nxmpp.domain = example.org",
            "secret=a=b & enabled=true & other=x & xmpp.domain=example.org",
        ),
        ("<field name=\"name\">plugin.jitsiprovisioning.secret</field>", "line 1?"),
        ("nothing\nhere", ""),
    ] {
        assert_eq!(said(listing), expected, "{listing}");
    }
}

#[test]
fn no_text_stops_the_reader() {
    let pieces = [
        "INSERT INTO ofProperty VALUES (",
        "'",
        "\\",
        "\n",
        "plugin.jitsiprovisioning.secret",
        "\t",
        "|",
        ",",
        "\"",
        "\\u",
        "ü",
        "COPY ofproperty (",
        ")",
        ";",
        "name",
        "propvalue",
        "=",
    ];
    proptest::proptest!(|(choice in proptest::collection::vec(0..pieces.len(), 0..40))| {
        let text: String = choice.iter().map(|at| pieces[*at]).collect();
        let export = Export::read(&text);
        proptest::prop_assert!(export.entries.len() + export.unread.len() <= text.matches("jitsi").count() * 2 + 1);
    });
}
