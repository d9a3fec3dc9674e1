use super::*;

fn csv(settings: &str) -> Source {
    source(&format!("file = \"/t.csv\"\n{settings}"))
}

/// What `anna` has.
#[track_caller]
fn anna(source: &Source, text: &str) -> Vec<String> {
    of(&data(&[(source, text)]), "anna", &[], &[])
}

#[test]
fn rows_are_users_and_empty_cells_no_values() {
    let text = "username,extension,desk\r\nanna,4711,\r\n\r\nbo,,3.14\r\n,,\r\n";
    let source = csv("");
    let data = data(&[(&source, text)]);
    assert_eq!(of(&data, "anna", &[], &[]), ["extension=4711"]);
    assert_eq!(of(&data, "bo", &[], &[]), ["desk=3.14"]);
    assert_eq!(of(&data, "chris", &[], &[]), [""; 0]);
    assert_eq!(data.names().kinds.keys().map(|name| &**name).collect::<Vec<_>>(), ["desk", "extension"]);
    assert_eq!(source.parse(text.as_bytes()).unwrap().users(), 2);
}

#[test]
fn quotes_and_separators_are_those_of_rfc_4180() {
    let text = "username,a,b\nanna,\"x, \"\"y\"\"\nz\",\"5\"\" screen\"\n";
    assert_eq!(anna(&csv(""), text), ["a=x, \"y\"\nz", "b=5\" screen"]);
    assert_eq!(anna(&csv("separator = \";\""), "username;a\nanna;x,y\n"), ["a=x,y"]);
    assert_eq!(anna(&csv("separator = \"\\t\""), "username\ta\nanna\tx;y"), ["a=x;y"]);
}

#[test]
fn blanks_around_count_in_secrets_only() {
    assert_eq!(anna(&csv(""), "username , a , password\n anna , x y , z \n"), ["a=x y", "password=< z >"]);
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(anna(&csv("key = \"username\""), "\u{feff}username,a\nanna,1\n"), ["a=1"]);
}

#[test]
fn names_are_compared_as_openfire_does() {
    let source = csv("");
    let data = data(&[(&source, "username,a\nANNA@Example.ORG,1\nd'artagnan,2\nanna b,3\n\"Ärger\",4\n")]);
    let a = |user: &str| of(&data, user, &[], &[]).concat();
    assert_eq!([a("anna"), a("D'Artagnan"), a("anna\\20b"), a("ärger")], ["a=1", "a=2", "a=3", "a=4"]);
    let refused = |rows: &str| refused(&source, &format!("username,a\n{rows}"));
    for twin in ["Anna", "anna@example.org", " anna "] {
        let message = refused(&format!("anna,1\nbo,2\n{twin},3\n"));
        assert_eq!(message, "data `s`: /t.csv, line 4: the user `anna` is already further up; keep one of the two");
    }
}

#[test]
fn the_key_can_be_any_column_and_a_group_as_well() {
    let text = "a,Group name\n1,helpdesk\n2,Helpdesk\n0,*\n";
    let source = csv("by = \"group\"\nkey = \"Group name\"");
    let data = data(&[(&source, text)]);
    assert_eq!(of(&data, "anna", &["helpdesk"], &["Helpdesk"]), ["a=1"]);
    assert_eq!(of(&data, "anna", &["Helpdesk"], &[]), ["a=2"]);
    assert_eq!(of(&data, "anna", &[], &["helpdesk"]), ["a=0"]);
    assert_eq!(data.wanted(), PartSet::NOTHING.with(Part::Groups));
    let source = csv("by = \"roster_group\"\nkey = \"Group name\"");
    let data = SiteData::new(vec![(&source, Some(table(&source, text)))]).unwrap();
    assert_eq!(of(&data, "anna", &["Helpdesk"], &["helpdesk"]), ["a=1"]);
    assert_eq!(data.wanted(), PartSet::NOTHING.with(Part::Roster));
}

#[test]
fn each_mistake_has_one_message_with_its_line() {
    let messages: Vec<String> = [
        "",
        "username\nanna\n",
        "username;a\nanna;1\n",
        "username,a,b\nanna,1\n",
        "username,a\nanna,1\nbo,1,2\n",
        "username,a,a\n",
        "username,a,Desk phone\n",
        "username,a,2nd\n",
        "username,a,\n",
        "username,a\nanna,1\n,2\n",
        "username,a\nan\u{7}na,1\n",
        "username,a\n\nanna,\"x\n\ny\"\nbo,\"x\u{1}\"\n",
        "username,a\n\nanna,1\nbo,\"2\nchris,3\n",
        "username,a\n*,1\n*,2\n",
    ]
    .iter()
    .map(|text| refused(&csv(""), text))
    .collect();
    insta::assert_snapshot!(messages.join("\n"), @r"
    data `s`: /t.csv, line 1: the file is empty; the first row must name the columns
    data `s`: /t.csv, line 1: there must be more than one column
    data `s`: /t.csv, line 1: the columns seem to be separated by ';'; set `separator` to that
    data `s`: /t.csv, line 2: this row has 2 columns, the first row has 3; a value in which the separator occurs needs quotation marks
    data `s`: /t.csv, line 3: this row has 3 columns, the first row has 2; a value in which the separator occurs needs quotation marks
    data `s`: /t.csv, line 1: columns 2 and 3 have the same name; rename one of them
    data `s`: /t.csv, line 1: the name of column 3 cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front
    data `s`: /t.csv, line 1: the name of column 3 cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front
    data `s`: /t.csv, line 1: the name of column 3 is empty
    data `s`: /t.csv, line 3: the name of the user is empty
    data `s`: /t.csv, line 2: `an\u{7}na` is not a user name: the user name contains a character that no user name can have
    data `s`: /t.csv, line 6: `a` holds the control character U+0001
    data `s`: /t.csv, line 4: a quotation mark is opened in this row and never closed
    data `s`: /t.csv, line 3: there are two rows for all users
    ");
}

#[test]
fn settings_that_do_not_fit_the_file_are_named() {
    let text = "username,sip_password,a\nanna,1,2\n";
    let messages = [
        refused(&csv("key = \"usrname\""), text),
        refused(&csv("key = \"uid\""), text),
        refused(&csv("secrets = [\"sip_passwort\"]"), &text.replace("password", "passwd")),
        refused(&csv("secrets = [\"pin\"]"), text),
    ];
    insta::assert_snapshot!(messages.join("\n"), @"
    data `s`: /t.csv, line 1: there is no column `usrname` (`key`); did you mean `username`?
    data `s`: /t.csv, line 1: there is no column `uid` (`key`); the first row must hold the names
    data `s`: /t.csv: `secrets` names `sip_passwort`, which these data do not have; did you mean `sip_passwd`?
    data `s`: /t.csv: `secrets` names `pin`, which is not a column
    ");
}

#[test]
fn other_encodings_are_refused_with_line_and_byte() {
    let refused = |bytes: &[u8]| csv("").parse(bytes).unwrap_err().to_string();
    insta::assert_snapshot!(refused(b"username,a\nanna,1\nandr\xe9,2\n"), @"data `s`: /t.csv, line 3: byte 0xE9 is not UTF-8 (is this Latin-1?); save it as UTF-8");
    insta::assert_snapshot!(refused(b"\xff\xfeu\0s\0"), @r#"data `s`: /t.csv, line 1: this is UTF-16; save it as UTF-8 (in Excel: "CSV UTF-8")"#);
}

#[test]
fn a_long_row_is_taken_whole() {
    let cell = "x".repeat(100_000);
    let names: Vec<String> = (0..200).map(|number| format!("n{number}")).collect();
    let text = format!("username,{}\nanna,{}\n", names.join(","), vec![cell.as_str(); 200].join(","));
    let values = anna(&csv(""), &text);
    assert_eq!(values.len(), 200);
    assert!(values.iter().all(|value| value.ends_with(&format!("={cell}"))));
}

#[test]
fn a_quotation_mark_in_a_wrong_place_is_refused_with_its_line() {
    let reported = |rows: &str| refused(&csv(""), &format!("username,a,b\nbo,1,2\n{rows}"));
    insta::assert_snapshot!(reported("anna, \"12\",3\n"), @"data `s`: /t.csv, line 3: there are blanks before a quotation mark, which must be the first character of its cell; remove the blanks");
    insta::assert_snapshot!(reported("anna,5\" screen,3\n"), @"data `s`: /t.csv, line 3: a quotation mark is inside a cell; put the whole cell in quotation marks, and write each quotation mark in it twice");
    insta::assert_snapshot!(reported("anna,\"x\ny\",\"1\"2\n"), @"data `s`: /t.csv, line 4: there is text after the quotation mark that ends a cell; remove it, or write each quotation mark in the cell twice");
    insta::assert_snapshot!(reported("anna,=\"0012\",3\n"), @r#"data `s`: /t.csv, line 3: a cell is a formula of a spreadsheet, such as `="0012"`; write only the value, `0012`: all values here are text"#);
    for (rows, expected) in [
        ("anna,\t\"12\",3", "blanks before"),
        ("anna,1,x\"", "inside a cell"),
        ("\"anna\" ,1,2", "after the quotation mark"),
        ("anna,\"1\"\"2\"3,4", "after the quotation mark"),
        ("anna,\"=\"\"0012\"\"\",3", "a formula"),
        ("anna,1,=\"x\"", "a formula"),
        ("anna,1, =\"x\"", "a formula"),
        ("\"=\"\"anna\"\"\",1,2", "a formula"),
        ("an\"na,1,2", "inside a cell"),
        ("anna,'\"',2", "inside a cell"),
        ("anna,=1+\"2\",2", "inside a cell"),
    ] {
        let message = reported(rows);
        assert!(message.contains("line 3: ") && message.contains(expected), "{rows}: {message}");
    }
    let header = refused(&csv(""), "\"=\"\"username\"\"\",a\nanna,1\n");
    assert!(header.contains("line 1: a cell is a formula"), "{header}");
    let password = refused(&csv(""), "username,password\nanna, \"hunter2\"\n");
    assert!(password.contains("line 2: there are blanks before") && !password.contains("hunter2"), "{password}");
    // These are where they should be.
    assert_eq!(anna(&csv(""), "username,a,b\r\n\"anna\",\"1, \"\"2\"\"\",\"\"\r\n"), ["a=1, \"2\""]);
    assert_eq!(anna(&csv("separator = \";\""), "username;a\nanna;\"x\"\n"), ["a=x"]);
    assert_eq!(anna(&csv(""), "username,a,b\nanna,\"\"\"x\"\"\",=1\n"), ["a=\"x\"", "b==1"]);
}
