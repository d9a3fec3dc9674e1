//! `snippets` as a process: what it takes from where, and what it refuses.

use rcgen::generate_simple_self_signed;

use crate::support::service::{Ended, Program};

const URL: &str = "https://prov.example.org/provision?username=${username}&password=${password}";
const CONFIG: &str = "[discovery]\nurl = 'https://configured.example.org/p'\ninterfaces = ['eth7']\n\
                      [http]\nlisten = '0.0.0.0:9090'\nallow_plain = true\n";

async fn run(arguments: &[&str], configuration: Option<&str>) -> Ended {
    let program = Program::new(&[&["snippets"], arguments].concat());
    match configuration {
        Some(text) => program.file("config.toml", text).run().await,
        None => program.run().await,
    }
}

#[tokio::test]
async fn the_whole_text_comes_to_the_standard_output() {
    insta::assert_snapshot!(run(&["avahi", "--url", URL], None).await.shown(&[]), @r#"
    <?xml version="1.0" standalone='no'?>
    <!DOCTYPE service-group SYSTEM "avahi-service.dtd">
    <!--
      Avahi announces the provisioning URL by multicast DNS, for Jitsi clients that look for it.

      1. This text belongs in /etc/avahi/services/provisioning.service
      2. Avahi picks the file up automatically. If it does not: systemctl reload avahi-daemon

      Only one host on a link may announce it, since clients look for exactly this name. If another host announces it
      already, Avahi announces "Provisioning URL #2" and logs that. Stop the other host, then:
           touch /etc/avahi/services/provisioning.service && systemctl reload avahi-daemon
    -->
    <service-group>
      <name>Provisioning URL</name>
      <service>
        <type>_https._tcp</type>
        <port>443</port>
        <txt-record>path=https://prov.example.org/provision</txt-record>
        <txt-record>username=${username}</txt-record>
        <txt-record>password=${password}</txt-record>
      </service>
    </service-group>
    exit code 0
    "#);
    insta::assert_snapshot!(run(&["nginx", "--url", URL], None).await.shown(&[]), @r#"
    # nginx handles TLS for https://prov.example.org and passes all requests on to openfire-provisioner.
    #
    # 1. This text belongs in /etc/nginx/conf.d/provisioning.conf
    # 2. Load it: nginx -t && systemctl reload nginx
    # 3. In the configuration of the service, below [http]: listen = "127.0.0.1:8080" and trusted_proxies = ["127.0.0.1"].
    #    Leave out [http.tls]. Restart the service.
    #
    # Do not redirect: a client would lose its form. Do not log bodies: they hold passwords. The service
    # itself keeps /metrics closed, since X-Forwarded-For shows that a client is not on its machine. Jitsi 2.10 may
    # not name its host in the TLS handshake: if there are other servers on this port, add `default_server` to `listen`.

    server {
        listen 443 ssl;
        listen [::]:443 ssl;
        server_name prov.example.org;
        ssl_certificate /etc/letsencrypt/live/prov.example.org/fullchain.pem;
        ssl_certificate_key /etc/letsencrypt/live/prov.example.org/privkey.pem;

        # More than any form has. A body is kept in memory and never written to a file.
        client_max_body_size 1048576;
        client_body_buffer_size 1048576;

        location / {
            proxy_pass http://127.0.0.1:8080;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            # Removes what a client wrote there itself.
            proxy_set_header Forwarded "";
            # Passes downloads on to the client directly, not through a file.
            proxy_buffering off;
        }
    }
    exit code 0
    "#);
}

#[tokio::test]
async fn what_is_not_named_comes_from_the_configuration() {
    for (arguments, expected) in [
        (&["kea"][..], "\"https://configured.example.org/p\""),
        (&["kea"], "[ \"eth7\" ]"),
        (&["kea", "--interface", "eth1", "--interface", "eth2"], "[ \"eth1\", \"eth2\" ]"),
        (&["kea", "--url", URL], URL),
        (&["dnsmasq", "--network", "10.7.0.0/16=https://own.example.org/p"], "224,\"https://own.example.org/p\""),
        (&["caddy"], "\treverse_proxy 127.0.0.1:9090 {"),
        (&["haproxy", "--upstream", "[::1]:8081"], "server service [::1]:8081 check"),
        (&["haproxy", "--certificate", "/etc/x.pem"], "ssl crt /etc/x.pem"),
        (&["apache", "--certificate", "/etc/c.pem", "--key", "/etc/k.pem"], "SSLCertificateKeyFile /etc/k.pem"),
        (&["jitsi-overrides"], "provisioning.URL=https://configured.example.org/p"),
    ] {
        let ended = run(arguments, Some(CONFIG)).await.shown(&[]);
        assert!(ended.contains(expected) && ended.ends_with("exit code 0"), "{arguments:?}: {ended}");
    }
}

/// The URL has the fields that the templates and rules use, and the certificate of the host is pinned.
#[tokio::test]
async fn the_file_of_an_installation_is_made_whole_from_the_configuration() {
    let made = |host: &str| generate_simple_self_signed([host.to_owned()]).unwrap().cert.pem();
    let config = "[http.tls]\ncertificate = 'own.pem'\nkey = 'none'\n[template]\nfile = 't.properties'\n\
                  [[template.rule]]\nname = 'a'\nfile = 't.properties'\nfields = { site = 'x' }\n";
    let template = "{% if updates.link %}\nsite.x={{ request.fields.uuid | default('') }}\n{% endif %}\n";
    let run = async |own: &str, arguments: &[&str]| {
        let program = Program::new(&[&["snippets", "jitsi-overrides", "--url", URL], arguments].concat());
        let program = program.file("config.toml", config).file("t.properties", template);
        program.file("own.pem", own).file("named.pem", &made("prov.example.org")).run().await.shown(&[])
    };
    let pin = "\nnet.java.sip.communicator.impl.certservice.param.prov.example.org=";
    let ended = run(&made("prov.example.org"), &[]).await;
    let url = format!("provisioning.URL={URL}&arch=${{arch}}&os=${{osname}}&uuid=${{uuid}}\n");
    let warning = "\nnet.java.sip.communicator.impl.gui.main.SHOW_MASTER_PASSWORD_WARNING=false\n";
    for part in [&url, pin, warning, "note: the templates use the field `site`", "exit code 0"] {
        assert!(ended.contains(part), "{part}: {ended}");
    }
    let sha1 = ended.split_once(pin).unwrap().1.split_once('\n').unwrap().0;
    assert!(sha1.len() == 40 && sha1.bytes().all(|digit| b"0123456789abcdef".contains(&digit)), "{sha1}");
    let other = run(&made("other.example.org"), &[]).await;
    assert!(!other.contains(pin) && other.contains("is not for `prov.example.org`; name the certificate"), "{other}");
    let named = run(&made("other.example.org"), &["--certificate", "named.pem"]).await;
    assert!(named.contains(pin) && !named.contains("is not for"), "{named}");
    let missing = run("", &["--certificate", "missing.pem"]).await;
    assert!(missing.contains("missing.pem") && missing.ends_with("exit code 2"), "{missing}");
}

/// Each command with its messages and its exit code.
async fn outcomes(commands: &[(&[&str], Option<&str>)]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for (arguments, configuration) in commands {
        let ended = run(arguments, *configuration).await.shown(&[]);
        let is_kept = |line: &&str| ["openfire", "note:", "exit"].iter().any(|start| line.starts_with(start));
        shown.push(arguments.join(" "));
        shown.extend(ended.lines().filter(is_kept).map(|line| format!("    {line}")));
    }
    shown.join("\n")
}

#[tokio::test]
async fn what_cannot_work_is_refused_with_what_to_change() {
    let tls = format!("{CONFIG}[http.tls]\ncertificate = 'a'\nkey = 'b'\n");
    let anew = CONFIG.replace("9090", "0");
    let shown = outcomes(&[
        (&["kea"][..], None),
        (&["kea", "--url", "http://prov.example.org/p"], None),
        (&["avahi", "--url", "https://localhost/p"], None),
        (&["haproxy", "--url", "https://192.0.2.7/p"], None),
        (&["nginx", "--url", "https://192.0.2.7/p"], None),
        (&["kea", "--url", URL, "--network", "10.7.0.5"], None),
        (&["kea", "--url", URL, "--config", "missing.toml"], None),
        (&["kea"], Some("[http]\nlisten = 5\n")),
        (&["dnsmasq", "--url", URL], None),
        (&["nginx"], Some(tls.as_str())),
        (&["nginx"], Some(anew.as_str())),
        (&["nginx", "--url", URL], Some("[http]\nlisten = 5\n")),
        (&["jitsi-overrides", "--url", "https://prov.example.org/p?username=&password="], None),
    ])
    .await;
    insta::assert_snapshot!(shown, @r"
    kea
        openfire-provisioner: name the provisioning URL with `--url`, or set `discovery.url`: --url 'https://provisioning.example.org/provision?username=${username}&password=${password}'
        exit code 2
    kea --url http://prov.example.org/p
        openfire-provisioner: `http://prov.example.org/p` sends passwords in the clear; write https
        exit code 2
    avahi --url https://localhost/p
        openfire-provisioner: `https://localhost/p` leads each client to its own machine; write the name by which clients reach this service
        exit code 2
    haproxy --url https://192.0.2.7/p
        openfire-provisioner: name the file with the certificate of 192.0.2.7, its chain and its key with `--certificate`
        exit code 2
    nginx --url https://192.0.2.7/p
        openfire-provisioner: name the certificate of 192.0.2.7 with `--certificate`, and its key with `--key`
        exit code 2
    kea --url https://prov.example.org/provision?username=${username}&password=${password} --network 10.7.0.5
        openfire-provisioner: `--network`: `10.7.0.5` is one address; write a network such as 10.7.0.0/16, or 10.7.0.5/32 for this address
        exit code 2
    kea --url https://prov.example.org/provision?username=${username}&password=${password} --config missing.toml
        openfire-provisioner: the configuration cannot be used; correct it, or leave out `--config`: missing.toml: the file cannot be read: No such file or directory (os error 2)
        exit code 2
    kea
        openfire-provisioner: the configuration cannot be used; correct it, or name the provisioning URL with `--url`: config.toml, line 2: http.listen: found integer `5`; allowed: text in quotation marks
        exit code 2
    dnsmasq --url https://prov.example.org/provision?username=${username}&password=${password}
        openfire-provisioner: dnsmasq answers only clients of networks that it knows; name each one, for example with `--network 10.7.0.0/16`
        exit code 2
    nginx
        openfire-provisioner: `[http.tls]` is set, so the service handles TLS itself and needs no proxy; remove that section, or name another listener with `--upstream`
        exit code 2
    nginx
        openfire-provisioner: `http.listen` has port 0, which means a different port at every start; set a port, or name it with `--upstream`
        exit code 2
    nginx --url https://prov.example.org/provision?username=${username}&password=${password}
        note: the configuration is not used: config.toml, line 2: http.listen: found integer `5`; allowed: text in quotation marks
        exit code 0
    jitsi-overrides --url https://prov.example.org/p?username=&password=
        note: the field `username` of the URL is empty; write the URL in single quotes, otherwise the shell removes `${username}`
        exit code 0
    ");
}

#[tokio::test]
async fn a_refusal_names_the_option_and_hides_secrets() {
    for (arguments, word) in [
        (&["kea", "--url", "https://prov.example.org/a b"][..], "%XX"),
        (&["kea", "--url", URL, "--network", "fd00::/8"], "IPv4 only"),
        (&["kea", "--url", URL, "--network", "10.7.0.0/16:https://anna:hunter2@a.test/"], "anna:***@"),
        (&["avahi", "--url", URL, "--upstream", "127.0.0.1:80"], "--upstream"),
        (&["nginx", "--url", URL, "--certificate", "/etc/c.pem"], "--key"),
    ] {
        let ended = run(arguments, None).await.shown(&[]);
        assert!(ended.contains(word) && ended.ends_with("exit code 2"), "{arguments:?}: {ended}");
    }
}
