# Deutsche Texte der Seiten für Administratoren, im Format Fluent.

language-name = Deutsch
number-group = .
number-point = ,
time = { $day }.{ $month }.{ $year }, { $hour }:{ $minute } { $zone }
time-with-seconds = { $day }.{ $month }.{ $year }, { $hour }:{ $minute }:{ $second } { $zone }
duration-seconds = { $count ->
    [one] 1 Sekunde
   *[other] { $count-text } Sekunden
 }
duration-minutes = { $count ->
    [one] 1 Minute
   *[other] { $count-text } Minuten
 }
duration-hours = { $count ->
    [one] 1 Stunde
   *[other] { $count-text } Stunden
 }
duration-days = { $count ->
    [one] 1 Tag
   *[other] { $count-text } Tage
 }

## The frame of all pages

product = Provisionierung
skip-to-content = Zum Inhalt
sections = Seiten
section-overview = Übersicht
section-requests = Anfragen
section-preview = Vorschau
section-templates = Vorlagen
section-data = Daten
section-settings = Einstellungen
section-locked-out = Gesperrt
section-audit = Audit-Protokoll
section-console-plugin = Konsolen-Plugin
role-looking = nur Ansicht
sign-out = Abmelden
sign-out-everywhere = Überall abmelden
mend-it = Was zu tun ist
language = Sprache
colours = Farben
colours-auto = wie das System
colours-light = hell
colours-dark = dunkel
time-zone = Zeitzone
apply = Übernehmen
done-zone-unknown = Diese Zeitzone ist nicht bekannt; es bleibt bei der bisherigen. Schreiben Sie zum Beispiel Europe/Berlin oder UTC.
back = Zurück

banner-only-looking = Openfire kann zurzeit nicht bestätigen, dass Sie Administrator sind. Bis es das wieder kann, können Sie diese Seiten ansehen, aber nichts ändern. Um vorher etwas zu ändern, melden Sie sich mit einem Code von `openfire-provisioner admin-link --may-change` an.

## Signing in

sign-in = Anmelden
sign-in-with = Verwenden Sie Ihr Konto auf { $domain }. Es muss Administrator von Openfire sein, oder ein Konto, dem `admin.viewers` das Ansehen erlaubt.
sign-in-other-way = Wenn Openfire nicht funktioniert:
sign-in-text-is-kept = Ihre Sitzung ist abgelaufen. Ihre Eingaben bleiben erhalten: Nach der Anmeldung können Sie sie absenden.
user-name = Benutzername
password = Passwort
sign-in-refused = Benutzername oder Passwort ist falsch.
sign-in-not-administrator = Dieses Konto ist kein Administrator.
sign-in-not-administrator-advice = In der Openfire-Konsole macht „Users/Groups > Users > Edit Properties“ ein Konto zum Administrator. Haben Sie das gerade getan, so melden Sie sich noch einmal an.
sign-in-not-listed = Dieses Konto darf sich hier nicht anmelden.
sign-in-not-listed-advice = Tragen Sie es in der Konfiguration unter `admin.users` oder `admin.viewers` ein und starten Sie den Dienst neu.
sign-in-too-many = Zu viele Fehlversuche. Versuchen Sie es in { $time } noch einmal.
sign-in-cannot-check = Openfire konnte das Passwort nicht prüfen.
sign-in-cannot-check-advice = Der Grund steht im Log des Dienstes. Um die Seiten inzwischen anzusehen, melden Sie sich mit einem Code an (`openfire-provisioner admin-link`).
sign-in-incomplete = Geben Sie Ihren Benutzernamen und Ihr Passwort ein.
sign-in-reserved = Dieses Konto ist dem Dienst vorbehalten.
sign-in-reserved-advice = Es ist das Referenzkonto (`openfire.reference_user`). Verwenden Sie ein anderes Konto.
sign-in-in-doubt = Openfire hat das Passwort abgelehnt, lehnt zurzeit aber auch richtige Passwörter ab.
sign-in-in-doubt-advice = Seine Benutzerdatenbank scheint nicht zu funktionieren; der Grund steht im Log des Dienstes. Um die Seiten inzwischen anzusehen, melden Sie sich mit einem Code an (`openfire-provisioner admin-link`).
done-signed-out = Sie sind abgemeldet.
done-signed-out-everywhere = Sie sind in allen Browsern abgemeldet.
link-title = Mit einem Code anmelden
link-how = Führen Sie auf dem Rechner, auf dem der Dienst läuft, diesen Befehl als root aus. Er gibt einen Code aus, der zehn Minuten lang und für eine Anmeldung gilt.
link-may-change = Damit können Sie nur ansehen. Um auch Einstellungen zu ändern, ergänzen Sie `--may-change`.
link-code = Code
link-back = Mit einem Passwort anmelden
link-refused = Dieser Code ist falsch, wurde schon benutzt oder ersetzt, oder er ist älter als zehn Minuten.
link-refused-advice = Mit `openfire-provisioner admin-link` erhalten Sie einen neuen.
link-too-many = Von Ihrer Adresse kamen zu viele falsche Codes. Versuchen Sie es in { $time } noch einmal.
link-no-directory = Der Dienst hat kein Zustandsverzeichnis, in dem Codes abgelegt werden.
link-no-directory-advice = Setzen Sie `admin.state_directory` in der Konfiguration und starten Sie den Dienst neu.
link-unusable = Der Dienst konnte den Code nicht lesen oder nicht als benutzt vermerken.
link-unusable-advice = Im Log des Dienstes steht, um welche Datei es geht und warum.
go-on-title = Eingaben absenden?
go-on-text = Ihre Sitzung war abgelaufen; deshalb wurde dies noch nicht gesendet. Prüfen Sie es, und senden Sie es dann ab.
go-on = Absenden
discard = Verwerfen

## Refusals

error-host = Dies ist keine Adresse dieser Seiten
error-host-text = Der Browser hat einen Host angefragt, der nicht in `admin.urls` steht.
error-host-advice = Öffnen Sie die Seiten unter einer Adresse aus `admin.urls`, oder tragen Sie diese dort ein und starten Sie den Dienst neu. Ein Proxy muss den Host weitergeben (nginx: `proxy_set_header Host $http_host;`).
error-network = Von hier aus können Sie diese Seiten nicht öffnen
error-network-text = Ihre Adresse { $address } steht nicht in `admin.allowed_networks`.
error-embedded = Diese Seite kann nicht in einer anderen Seite angezeigt werden
error-embedded-text = Öffnen Sie sie in einem eigenen Fenster.
error-not-found = Diese Seite gibt es nicht
error-not-found-text = Prüfen Sie die Adresse, oder wählen Sie oben eine Seite.
error-method = Diese Seite nimmt solche Anfragen nicht an
error-method-text = Öffnen Sie sie in einem Browser.
error-form = Das Formular wurde nicht angenommen
error-form-text = Es kam nicht von einer Seite dieses Dienstes, oder die Seite war zu alt. Es wurde nichts geändert.
error-form-advice = Öffnen Sie die Seite noch einmal und senden Sie das Formular von dort.
error-too-large = Das Formular ist zu groß
error-too-large-text = Formulare dürfen höchstens { $size } KiB groß sein. Es wurde nichts geändert.
error-incomplete = Das Formular kam nicht rechtzeitig an
error-incomplete-text = Es wurde nichts geändert. Senden Sie es noch einmal.
error-may-not-viewer = Sie können nur lesen
error-may-not-viewer-text = Es wurde nichts geändert. Konten in `admin.viewers` und Codes von `admin-link` ohne `--may-change` können nichts ändern.
error-may-not-down = Zurzeit kann nichts geändert werden
error-may-not-down-text = Es wurde nichts geändert. Openfire kann zurzeit nicht bestätigen, dass Sie Administrator sind. Um vorher etwas zu ändern, melden Sie sich mit einem Code von `openfire-provisioner admin-link --may-change` an.
error-internal = Interner Fehler
error-internal-text = Die Seite konnte nicht erstellt werden. Der Grund steht im Log des Dienstes.

## Overview

component = Komponente
name = Name
state = Zustand
state-connecting = verbindet sich
state-connected = verbunden
state-down = nicht verbunden
state-since = Seit
state-attempts = Fehlversuche
attention = Handlungsbedarf
attention-none = Es besteht kein Handlungsbedarf.
severity-error = Problem:
severity-warning = Warnung:
severity-note = Hinweis:
attention-component-down = Die Komponente ist nicht mit Openfire verbunden. { $attempts ->
    [0] Die Verbindung ist verloren gegangen.
    [one] 1 Versuch ist fehlgeschlagen.
   *[other] { $attempts-text } Versuche sind fehlgeschlagen.
 }
attention-component-down-advice = Clients, deren Vorlage eine vCard oder Gruppen braucht, erhalten 503 und behalten, was sie haben. Führen Sie `openfire-provisioner check --online` aus.
attention-undecided = Openfire nimmt zurzeit keine Anmeldung an und lehnt keine ab.
attention-undecided-advice = Clients erhalten 503 und behalten, was sie haben. Führen Sie `openfire-provisioner check --online` aus, und prüfen Sie das Log von Openfire.
attention-in-doubt = Openfire lehnt Anmeldungen ab, aber der Dienst glaubt es nicht.
attention-in-doubt-advice = Clients erhalten 503 statt 401 und behalten so ihre Passwörter. Prüfen Sie die Datenbank oder das LDAP von Openfire; siehe `docs/openfire-ldap.md`.
attention-no-reference = Es gibt kein Referenzkonto.
attention-no-reference-advice = Mit einem Referenzkonto (`openfire.reference_user`) bemerkt der Dienst früher, dass Openfire keine Passwörter prüfen kann; siehe `docs/openfire-ldap.md`.
attention-reload-failed = Das letzte Neuladen ist fehlgeschlagen. Es gilt weiter, was am { $loaded } geladen wurde.
attention-reload-failed-advice = Berichtigen Sie die Datei; sie wird automatisch übernommen.
attention-certificate-not-reloaded = Das Zertifikat von `http.tls` konnte nicht neu geladen werden. Das bisherige wird weiter verwendet.
attention-certificate-not-reloaded-advice = Berichtigen Sie die Dateien von `http.tls`; sie werden automatisch übernommen.
attention-data-unread = Einige Standortdaten wurden noch nie gelesen.
attention-data-unread-advice = Clients, deren Vorlage diese Daten verwendet, erhalten 503, bis die Daten gelesen sind.
attention-data-stale = Einige Standortdaten sind älter, als sie sein sollten.
attention-data-stale-advice = Die letzten Daten gelten weiter. Prüfen Sie den Befehl oder Endpunkt, der sie liefert.
attention-own-certificate = Das Zertifikat von `http.tls` läuft { $days ->
    [0] heute
    [one] morgen
   *[other] in { $days-text } Tagen
 } ab, am { $ends }.
attention-own-certificate-expired = Das Zertifikat von `http.tls` ist am { $ends } abgelaufen.
attention-own-certificate-advice = Clients vertrauen einem abgelaufenen Zertifikat nicht und erhalten nichts. Erneuern Sie es; das neue wird automatisch übernommen.
attention-openfire-certificate = Das Zertifikat von Openfire läuft { $days ->
    [0] heute
    [one] morgen
   *[other] in { $days-text } Tagen
 } ab, am { $ends }.
attention-openfire-certificate-expired = Das Zertifikat von Openfire ist am { $ends } abgelaufen.
attention-openfire-certificate-advice = Sobald es abgelaufen ist, schlagen Anmeldungen fehl. Erneuern Sie es in der Openfire-Konsole unter „Server > TLS/SSL Certificates“.
attention-many-refused = { $number-text } von { $of-text } Anfragen der letzten zehn Minuten wurden abgelehnt.
attention-many-refused-advice = Die Liste der Anfragen nennt die Gründe. Übliche Ursachen: ein geändertes Geheimnis, geänderte Netze, ein Proxy oder jemand, der Passwörter ausprobiert.
attention-many-failed = { $number-text } von { $of-text } Anfragen der letzten zehn Minuten sind fehlgeschlagen.
attention-many-failed-advice = Die Liste der Anfragen nennt die Gründe.
attention-records-lost = { $number-text } Anfragen seit dem Start fehlen im Log und in diesen Zahlen.
attention-records-lost-advice = Sie endeten schneller, als sie aufgezeichnet werden konnten: Der Rechner hat nicht genug Rechenzeit.
attention-paused = { $by } hat die Provisionierung pausiert.
attention-paused-advice = Clients erhalten 503 und behalten, was sie haben.
attention-settings-damaged = Die Datei mit den Einstellungen dieser Seiten kann nicht verwendet werden.
attention-settings-damaged-advice = Die Seite „Einstellungen“ sagt, warum, und welche Werte stattdessen gelten. Prüfen Sie diese und speichern Sie sie noch einmal.
attention-settings-fixed = Auf diesen Seiten können keine Einstellungen geändert werden.
attention-settings-fixed-advice = Setzen Sie `admin.state_directory` in der Konfiguration oder `StateDirectory=` in der systemd-Unit.
provisionings = Provisionierung
provisionings-since = Gezählt seit
plot-last-hour = Anfragen der letzten Stunde
plot-last-day = Anfragen der letzten 24 Stunden
plot-empty = Keine Anfragen in dieser Zeit.
plot-sum = { $provisioned-text } provisioniert, { $refused-text } abgelehnt, { $failed-text } fehlgeschlagen.
plot-bar = { $clock }: { $provisioned-text } provisioniert, { $refused-text } abgelehnt, { $failed-text } fehlgeschlagen
plot-table = Die Zahlen als Tabelle
plot-table-caption = Zeiten ohne Anfragen sind weggelassen.
plot-from = Ab
kind-provisioned = Provisioniert
kind-refused = Abgelehnt
kind-failed = Fehlgeschlagen
kind-update = Update
kind-abandoned = Abgebrochen
openfire-domain = Domain
openfire-software = Software
openfire-certificate = Zertifikat
openfire-mechanisms = SASL-Mechanismen
openfire-no-tls = nicht verschlüsselt
openfire-not-known = noch nicht bekannt
openfire-seen = Zuletzt gesehen
certificate-none = keines
certificate-expired = abgelaufen
certificate-days-left = { $days ->
    [0] läuft heute ab
    [one] noch 1 Tag
   *[other] noch { $days-text } Tage
 }
policy-title = Vorlagen und Daten
policy-current = aktuell
policy-old = nicht aktuell
policy-loaded = In Kraft seit
overview-source = Daten { $name }
overview-age = vor { $age } gelesen
overview-never-read = nie gelesen
overview-no-sources = keine Quellen
logins-title = Anmeldungen
logins-refusals = Abgelehnte Anmeldungen
logins-believed = werden geglaubt
logins-in-doubt = werden nicht geglaubt
logins-undecided = Openfire entscheidet zurzeit über keine Anmeldung
logins-reference = Referenzkonto
logins-reference-set = vorhanden
logins-reference-none = keines
locked-out-number = { $number ->
    [one] 1 Eintrag
   *[other] { $number-text } Einträge
 }
locked-out-none = keine
service-title = Dieser Dienst
service-version = Version
service-started = Gestartet
service-certificate = Zertifikat
service-update-for = Update für { $platform }
service-updates = Updates
service-updates-none = werden nicht angeboten
service-update-defects = Nicht als Update angebotene Dateien
service-records-lost = Im Log fehlende Anfragen

## Requests

requests-kept = { $count ->
    [0] Noch keine Anfrage; höchstens 5.000 werden behalten.
    [one] 1 Anfrage; höchstens 5.000 werden behalten.
   *[other] { $count-text } Anfragen; höchstens 5.000 werden behalten.
 }
requests-all = Alle Anfragen
requests-address = Adresse oder Netz
requests-address-wrong = Das ist weder eine Adresse noch ein Netz. Schreiben Sie zum Beispiel 10.1.2.3 oder 10.1.0.0/16.
requests-any-outcome = alle
requests-none = Noch keine Anfragen.
requests-none-advice = Eine Anfrage eines Clients erscheint hier, sobald sie beendet ist. Ein Neustart des Dienstes leert die Liste; im Log bleiben die Anfragen erhalten.
requests-none-match = Keine Anfrage passt.
requests-none-match-advice = Nur die letzten 5.000 Anfragen seit dem Start des Dienstes sind aufgezeichnet. Ältere stehen im Log.
requests-of-user = Anfragen dieses Benutzers
requests-of-address = Anfragen von dieser Adresse
request = Anfrage { $id }
request-what = Was der Client angefragt hat
request-end = Wie sie endete
request-time = Zeit
request-user = Benutzer
request-user-unknown = unbekannt
request-address = Adresse
request-client = Client
request-client-unknown = keine Angabe
request-outcome = Ergebnis
request-milliseconds = ms
request-documentation = Dokumentation:
request-asked = Angefragt
request-asked-provisioning = Provisionierung
request-asked-update = ein Update
request-asked-unknown = unbekannt
request-file = Datei
request-template = Vorlage
request-rule = Regel
request-rule-default = keine; die Standardvorlage
request-status = Status
request-status-none = keine Antwort
request-stage-login = Anmeldung
request-stage-directory = vCard, Kontaktliste, Gruppen
request-stage-render = Vorlage
request-stage-total = Gesamt
request-in-log = Im Log
request-preview = Vorschau für diesen Benutzer und Client
error-no-request = Diese Anfrage ist nicht aufgezeichnet
error-no-request-text = Nur die letzten 5.000 Anfragen seit dem Start des Dienstes sind aufgezeichnet. Ältere stehen im Log.
outcome-unauthorized = Name oder Passwort falsch
outcome-not-authorised = Geheimnis oder Netz nicht erlaubt
outcome-illegal-argument = Felder fehlen oder sind falsch
outcome-connection = Openfire antwortete nicht rechtzeitig
outcome-internal = Anmeldung nicht geprüft
outcome-template = Vorlage fehlgeschlagen
outcome-too-many = zu viele Fehlversuche
outcome-paused = Provisionierung pausiert
outcome-update-not-found = kein solches Update
outcome-too-many-downloads = zu viele Downloads
outcome-update = Update nicht lesbar
outcome-precondition = Update hat sich geändert
outcome-range = Teil nicht vorhanden
outcome-panic = interner Fehler
advice-unauthorized = Der Benutzername oder das Passwort ist falsch, oder das Konto ist in Openfire gesperrt. Prüfen Sie beides mit `openfire-provisioner check --user NAME --password`.
advice-login-names = Geben Benutzer diesen Namen ein, so ergänzen Sie in `openfire.login_names` ein Muster, das ihn in ihr Konto umwandelt.
advice-not-authorised = Prüfen Sie das Geheimnis in der URI des Clients und die erlaubten Netze, hinter einem Proxy auch `http.trusted_proxies`.
advice-illegal-argument = Vergleichen Sie die URI des Clients mit der in `docs/install.md`: Jeder Platzhalter muss der ganze Wert seines Feldes sein.
advice-connection = Führen Sie `openfire-provisioner check --online` aus, und prüfen Sie das Log von Openfire: Seine Datenbank oder das LDAP ist vielleicht langsam oder ausgefallen.
advice-internal = Openfire konnte die Anmeldung nicht prüfen. Der Grund nennt die Einstellung, die zu ändern ist; werden Ablehnungen nicht geglaubt, so prüfen Sie das Referenzkonto.
advice-template = Die Vorlage ist für diesen Benutzer fehlgeschlagen, oder ihr Text würde dem Client schaden. Die Vorschau zeigt die Zeile.
advice-too-many = Zu viele fehlgeschlagene Anmeldungen. Warten Sie, oder geben Sie den Benutzer oder die Adresse unter „Gesperrt“ frei. Sind alle Benutzer eines Standorts betroffen, so setzen Sie `http.trusted_proxies`, oder erhöhen Sie `limits.failures_per_address`.
advice-paused = Ein Administrator hat die Provisionierung pausiert. Der Grund nennt, wer und warum. Unter „Einstellungen“ können Sie sie fortsetzen.
advice-update-not-found = Der Update-Kanal hat diese Datei nicht. Clients, die danach fragen, haben eine veraltete Adresse.
advice-too-many-downloads = Alle Plätze für Downloads waren belegt. Der Client versucht es noch einmal; siehe `updates.max_downloads`.
advice-update = Die Datei des Updates kann nicht gelesen werden. Der Grund nennt sie; prüfen Sie ihre Zugriffsrechte.
advice-precondition = Die Datei hat sich geändert, seit der Client mit dem Herunterladen begann. Der Client beginnt von vorn.
advice-range = Der Client fragte nach einem Teil, den die Datei nicht hat. Der Client beginnt von vorn.
advice-panic = Interner Fehler. Bitte melden Sie die Zeile im Log, die mit „internal error“ beginnt.

## Preview

part-vcard = die vCard
part-photo = das Foto
part-roster = die Kontaktliste
part-account = Name und E-Mail-Adresse des Kontos
part-groups = die Gruppen
level-error = Fehler
level-warning = Warnung
level-note = Hinweis
findings-none = keine Befunde
findings-zero = keine
findings-count = Fehler: { $errors-text }, Warnungen: { $warnings-text }, Hinweise: { $notes-text }
line = Zeile
hidden = verborgen
lint-rules = Regeln des Linters
lint-rules-help = Was jede Regel bedeutet und was Sie stattdessen schreiben (auf Englisch). Derselbe Text steht in `docs/lint.md`.
preview-agent = User-Agent
preview-agent-help = Wie der Client ihn sendet, zum Beispiel Jitsi/2.11.5633. Wenn leer: { $agent }
preview-address = Adresse des Clients
preview-address-help = Regeln mit `networks` hängen davon ab. Wenn leer: dieser Rechner.
preview-os = Betriebssystem
preview-os-help = Das Feld `os`, zum Beispiel linux, Windows 10 oder Mac OS X. Wenn leer, wird das Feld nicht gesendet.
preview-fields = Weitere Felder
preview-fields-help = Eines pro Zeile als NAME=WERT, zum Beispiel arch=x86_64. Sie werden Teil der Adresse dieser Seite; geben Sie also kein Geheimnis ein.
preview-user-help = So, wie man ihn beim Anmelden eingibt.
preview-client = Client
preview-other = Mit einem anderen Client vergleichen
preview-other-help = Was ändert sich auf einem Client, der die Antwort für diesen anderen übernommen hat? Füllen Sie mindestens ein Feld aus.
preview-show = Anzeigen
preview-empty = Geben Sie einen Benutzer ein, um zu sehen, was sein Client erhalten würde.
preview-empty-advice = An Clients wird nichts gesendet, und Sie brauchen kein Passwort. Geheimnisse sind verborgen.
preview-no-client = Das könnte kein Client senden.
preview-no-other-client = Das könnte der Client, mit dem verglichen wird, nicht senden.
preview-no-name = So kann kein Konto heißen.
preview-pasted-too-large = Der eingefügte Text ist zu groß.
preview-pasted-wrong = Der eingefügte Text ist keine Antwort.
preview-busy = Gerade werden andere Vorschauen erstellt. Versuchen Sie es gleich noch einmal.
preview-too-slow = Die Vorschau war nicht rechtzeitig fertig.
preview-broken = Interner Fehler. Der Grund steht im Log des Dienstes.
preview-template-fails = Die Vorlage schlägt bei diesem Benutzer fehl. Ein Client würde einen Fehler erhalten und behalten, was er hat.
preview-reserved = Ein Client mit diesem Konto würde einen Fehler erhalten.
preview-no-reply = Ein Client würde jetzt keine Antwort erhalten und behalten, was er hat.
preview-harmful = Kein Client erhält diese Antwort: Der Linter findet darin einen Fehler. Clients erhalten Status 500 und behalten, was sie haben.
preview-may-be-unknown = Über { $user } wurde nichts gefunden. Vielleicht gibt es das Konto nicht: Openfire antwortet für einen Benutzer ohne Daten genauso, und nur eine Anmeldung würde den Unterschied zeigen.
preview-disconnected = Die Komponente ist nicht verbunden. Deshalb fehlen hier die Daten von Openfire über den Benutzer, wie auch in der Antwort für einen Client:
preview-how = Wie die Antwort für { $user } entsteht
preview-login-name = Anmeldename
preview-login-pattern = „{ $pattern }“ in `openfire.login_names` macht aus dem Namen dieses Konto
preview-template = Vorlage
preview-rule = Gewählt von
preview-no-rule = keiner Regel; es ist die Standardvorlage
preview-passed-over = Frühere Regeln
preview-unmet = `{ $setting }` trifft nicht zu
preview-asked = Von Openfire abgefragt
preview-asked-nothing = nichts: Die Vorlage verwendet keine Daten über Benutzer
preview-missing = Fehlt
preview-needs-login = Dieses Openfire gibt sie nur bei der Anmeldung des Benutzers selbst heraus, und eine Vorschau hat keine Anmeldung. Die Antwort für einen Client enthält sie.
preview-withheld = Nicht verfügbar
preview-findings = Befunde
preview-general-findings = Befunde zur Antwort als Ganzes
preview-changes = Was sich ändern würde
preview-changes-client = Auf einem Client, der die Antwort für den anderen Client übernommen hat (Vorlage { $template }):
preview-changes-pasted = Auf einem Client, der die eingefügte Antwort übernommen hat:
preview-change = Änderung
preview-key = Schlüssel
preview-details = Einzelheiten
preview-value = Wert
preview-made-by = Stammt aus
preview-late = ab dem zweiten Start
preview-default = Standardwert: { $value }
preview-unknown-key = Kein Teil des Clients liest diesen Schlüssel, soweit bekannt.
preview-reply = Antwort
preview-reply-help = Gleiche Marken wie ***1a2b3c4d*** stehen für gleiche Geheimnisse; ******** ist das Passwort des Benutzers.
preview-no-keys = Die Antwort ist leer: Sie ändert nichts auf einem Client.
preview-no-changes = Es ändert sich nichts.
preview-left-out = { $count ->
    [one] 1 weitere Zeile wird nicht angezeigt.
   *[other] { $count-text } weitere Zeilen werden nicht angezeigt.
 }
preview-keys-count = { $count ->
    [one] 1 Schlüssel
   *[other] { $count-text } Schlüssel
 }
preview-paste = Mit einer früheren Antwort vergleichen
preview-paste-help = Fügen Sie eine Antwort ein, wie sie kam, zum Beispiel von `curl` oder `preview`, bis zu 256 KiB. Sie wird nicht gespeichert, und ihre Geheimnisse werden nicht angezeigt.
preview-pasted = Frühere Antwort
preview-compare = Vergleichen
preview-pasted-template = Zeile { $line-text }: `{ $mark }` gehört in Vorlagen, nicht in Antworten.
preview-change-added = neu
preview-change-changed = geändert
preview-change-removed = entfernt
preview-change-warning = Hinweis
preview-change-same = bleibt
preview-change-not-asked = Die frühere Antwort hat das Verfahren, mit dem der Client nach Einstellungen fragt, entfernt oder abgeschaltet. Deshalb fragt der Client nicht nach dieser Antwort.
preview-change-hidden = Die Werte sind verborgen.
preview-change-not-compared = Nicht verglichen, weil der Wert in einer der beiden Antworten oder in beiden verborgen ist.
preview-change-run-ended = Nicht mehr gesetzt: Eine Java-Eigenschaft gilt nur, bis der Client beendet wird.
preview-change-undone = In Zeile { $line-text } gesetzt, und danach:
preview-change-not-allowed = Zeile { $line-text } wird nicht angewendet: `ALLOW_PREFIX` in Zeile { $list-text } deckt sie nicht ab.
preview-change-sweeps-list = Zeile { $line-text }: `ENFORCE_PREFIX` entfernt auch alles andere, was der Client außerhalb der Liste gespeichert hat.
preview-change-sweeps-null = Zeile { $line-text } entfernt nichts aus der früheren Antwort, aber alles andere, was der Client unter Schlüsseln gespeichert hat, die mit diesem beginnen.
preview-change-stopped = Zeile { $line-text } setzt eine Java-Eigenschaft ohne Namen: Der Client bricht hier ab und wendet das Folgende nicht an.
preview-change-same-count = { $count ->
    [one] 1 Schlüssel wird auf den Wert gesetzt, den er schon hat.
   *[other] { $count-text } Schlüssel werden auf die Werte gesetzt, die sie schon haben.
 }
preview-change-stays = Nicht mehr in der Antwort, aber der Client behält sie. Wird ein Schlüssel auf null gesetzt, so wird er entfernt, zusammen mit allen, die mit ihm beginnen.
preview-change-locked = Nicht mehr in der Antwort, aber der Client behält sie, und sie sperren oder verbergen weiterhin etwas. Setzen Sie einen Schlüssel in der Antwort auf null, um die Sperre aufzuheben.
preview-change-breaks = Zusammen mit dem, was der Client von der früheren Antwort behält:
preview-change-loses-password = Das Konto verliert sein Passwort, deshalb fragt der Client den Benutzer danach. Setzen Sie das Passwort in der Antwort.
preview-change-value-hidden = (verborgen)
preview-change-value-own = (der eigene des Clients)
preview-change-by-null = Entfernt von Zeile { $line-text }, die { $key } auf null setzt.
preview-change-by-list = Entfernt von Zeile { $line-text }: `ENFORCE_PREFIX` deckt ihn nicht ab.
preview-change-by-list-through = Entfernt von Zeile { $line-text }: `ENFORCE_PREFIX` deckt { $key } nicht ab, deshalb wird alles entfernt, was damit beginnt.
preview-change-loss-method = Ein Schlüssel des Clients selbst: wie er nach Einstellungen fragt. Ohne ihn fragt der Client beim nächsten Start nicht.
preview-change-loss-url = Ein Schlüssel des Clients selbst: die Adresse, die er nach Einstellungen fragt.
preview-change-loss-username = Ein Schlüssel des Clients selbst: der Benutzername seiner gespeicherten Anmeldung.
preview-change-loss-password = Ein Schlüssel des Clients selbst: das Passwort seiner gespeicherten Anmeldung.
preview-change-loss-uuid = Ein Schlüssel des Clients selbst: seine UUID. Der Client erzeugt eine andere.

## Templates

error-no-template = Diese Vorlage gibt es nicht
error-no-template-text = Keine Vorlage in Kraft verwendet diese Datei.
in-force-since = In Kraft seit
reload-failed = Die Dateien haben sich seitdem geändert, konnten aber nicht geladen werden. Clients erhalten weiter, was vorher in Kraft war.
reload-failed-at = Fehlgeschlagen seit
reload-failed-advice = Berichtigen Sie die Datei: Sie wird automatisch übernommen. Ist `reload.watch` ausgeschaltet, so senden Sie SIGHUP.
reload-failed-before = Zuletzt fehlgeschlagen ist das Neuladen am
templates-read-only = Diese Seiten zeigen Vorlagen nur an. Um sie zu ändern, bearbeiten Sie die Dateien: Sie werden automatisch übernommen.
templates-not-reviewed = Der Linter ist noch nicht fertig. Laden Sie diese Seite neu, um seine Befunde zu sehen.
templates-who = Wer welche Vorlage erhält
templates-rule = Regel
templates-conditions = Bedingungen
templates-shadowed = Nie gewählt: Die frühere Regel { $rule } trifft auf alle ihre Benutzer zu.
templates-everybody = alle
templates-all-others = alle anderen
templates-default = Standardvorlage
templates-by-rule = Regel { $rule }
templates-part-of = Teil von
templates-files = Dateien
templates-file = Datei
templates-lines = Zeilen
templates-used-by = Verwendet von
templates-source = Quelltext in Kraft
templates-disk-other = Die Datei hat sich seitdem geändert. Unten steht der Text, der in Kraft ist.
templates-disk-unreadable = Die Datei kann zurzeit nicht gelesen werden. Unten steht der Text, der in Kraft ist.
templates-earlier-lines = Frühere Zeilen
templates-later-lines = Spätere Zeilen
templates-no-lines = Die Datei ist leer.

## Data

data-no-values = Nur Namen und Anzahlen: Werte werden hier nie angezeigt.
data-failing = nicht lesbar
data-fine = gelesen
data-unread = nie gelesen
data-kind-file = Datei
data-kind-command = Befehl
data-kind-endpoint = Endpunkt
data-read = Gelesen
data-age = Alter: { $age }
data-never = nie. Bis dahin werden Vorlagen, die Standortdaten verwenden, nicht ausgeliefert.
data-next = Nächster Abruf
data-when-changed = wenn sich die Datei ändert
data-now = jetzt
data-in = noch { $time } (Abstand: { $every })
data-rows = Einträge
data-users = { $count ->
    [one] 1 Benutzer
   *[other] { $count-text } Benutzer
 }
data-groups = { $count ->
    [one] 1 Gruppe
   *[other] { $count-text } Gruppen
 }
data-roster-groups = { $count ->
    [one] 1 Gruppe der Kontaktlisten
   *[other] { $count-text } Gruppen der Kontaktlisten
 }
data-default = Werte für alle
data-columns = Spalten
data-list = Liste
data-secret = geheim
data-no-columns = keine
data-empty = Es gibt keine Quellen für Standortdaten.
data-empty-advice = Ein Abschnitt `[[data]]` in der Konfiguration fügt eine hinzu: eine Datei, einen Befehl oder einen Endpunkt. Siehe `docs/templates.md`.

## Settings

settings-problem = Die Datei mit den Einstellungen dieser Seiten kann nicht verwendet werden: { $reason }
settings-why-not-writable = Hier kann nichts geändert werden: { $reason }
settings-provisioning = Provisionierung
settings-is-on = ein
settings-is-paused = pausiert
settings-on-means = Clients erhalten beim Start ihre Einstellungen.
settings-paused-means = Clients erhalten beim Start keine Einstellungen und behalten die, die sie haben. Kein Benutzer wird nach einem Passwort gefragt.
settings-paused-by = Pausiert von
settings-reason = Grund
settings-reason-help = Für das Log und für andere Administratoren. Benutzer sehen ihn nicht.
settings-pause = Provisionierung pausieren
settings-resume = Provisionierung fortsetzen
settings-secret = HTTP-Geheimnis
settings-secret-is-set = Ein Geheimnis ist gesetzt.
settings-secret-none = Keines: Clients brauchen kein Geheimnis.
settings-in-force = In Kraft
settings-source = Kommt aus
settings-source-file = der Konfiguration
settings-source-pages = diesen Seiten:
settings-file-value = In der Konfiguration
settings-file-has-secret = Ein Geheimnis ist gesetzt.
settings-file-no-secret = Keines.
settings-give-back = Wert der Konfiguration verwenden
settings-old-secret = Altes Geheimnis
settings-old-until = Gültig bis
settings-old-none-until = Clients brauchen kein Geheimnis bis
settings-end-old = Altes Geheimnis jetzt beenden
settings-your-password = Ihr Passwort
settings-show-help = Um das Geheimnis zu sehen, geben Sie Ihr eigenes Passwort ein. Das Audit-Protokoll vermerkt, dass Sie es gesehen haben.
settings-show = Geheimnis anzeigen
settings-secret-shown = Das Geheimnis:
settings-old-secret-shown = Das alte Geheimnis:
settings-hide = Verbergen
settings-new-secret = Ein neues Geheimnis
settings-secret-itself = Neues Geheimnis
settings-secret-help = 8 bis 200 Buchstaben, Ziffern oder - . _ ~ ! * ( ) , : @ /. Clients senden es in ihrer Adresse: &secret=…
settings-old-stays = Das alte bleibt gültig:
settings-old-help = Ändern Sie innerhalb dieser Zeit die Adresse in den Clients. Ein noch älteres Geheimnis endet jetzt.
settings-old-0 = gar nicht; es endet jetzt
settings-old-1h = eine Stunde
settings-old-1d = einen Tag
settings-old-7d = 7 Tage
settings-old-30d = 30 Tage
settings-set-secret = Dieses Geheimnis setzen
settings-generate = Geheimnis erzeugen
settings-older-ends = Das ältere Geheimnis endet jetzt, und Clients, die es noch haben, erhalten keine Einstellungen.
settings-older-secret = Ein älteres Geheimnis ist noch gültig, und ein neues würde es jetzt beenden. Nichts wurde geändert. Bestätigen Sie, dass es enden darf, oder warten Sie, bis seine Zeit abgelaufen ist.
settings-pages-secret-ends = Das auf diesen Seiten gesetzte Geheimnis endet jetzt, und Clients, die es haben, erhalten keine Einstellungen.
settings-no-secret-then = Clients brauchen danach kein Geheimnis.
settings-pages-secret = Das auf diesen Seiten gesetzte Geheimnis würde jetzt enden. Nichts wurde geändert. Bestätigen Sie, dass es enden darf, oder setzen Sie das Geheimnis der Konfiguration oben als neues, damit beide eine Zeit lang gültig sind.
settings-to-the-setting = Zur Einstellung
settings-client-address = Die Adresse für die Clients:
settings-client-address-help = Erreichen Clients den Dienst unter einem anderen Host, so ersetzen Sie den Host.
settings-wrong-password = Das Passwort ist falsch.
settings-no-password = Geben Sie Ihr Passwort ein.
settings-networks = Erlaubte Netze
settings-networks-all = Alle: Clients dürfen von überall anfragen.
settings-networks-help = Ein Netz oder eine Adresse pro Zeile, zum Beispiel 10.0.0.0/8 oder 2001:db8::/32. Wenn leer, dürfen Clients von überall anfragen. Ihre eigene Adresse ist { $address }; sie muss erlaubt sein.
settings-save-networks = Speichern
settings-bad-network = „{ $value }“ ist kein Netz. Schreiben Sie zum Beispiel 10.0.0.0/8 oder 192.168.1.5. Nichts wurde geändert.
settings-locks-out = { $value } ist Ihre eigene Adresse und wäre nicht mehr erlaubt. Fügen Sie ein Netz hinzu, das sie enthält. Nichts wurde geändert.
settings-changed-meanwhile = Die Netze wurden geändert, während Sie sie bearbeitet haben: Was jetzt gilt, steht über dem Formular. Ihre Eingabe steht noch im Formular; speichern Sie sie noch einmal, um zu ersetzen, was gilt. Nichts wurde geändert.
settings-too-many-networks = Die Liste hat mehr als 500 Netze. Fassen Sie sie zu größeren zusammen. Nichts wurde geändert.
settings-secret-short = Das Geheimnis ist zu kurz: Es braucht mindestens 8 Zeichen. Nichts wurde geändert.
settings-secret-long = Das Geheimnis ist zu lang: höchstens 200 Zeichen. Nichts wurde geändert.
settings-secret-characters = Das Geheimnis darf nur Buchstaben ohne Akzente und Umlaute, Ziffern und - . _ ~ ! * ( ) , : @ / enthalten. Nichts wurde geändert.
settings-same-secret = Dieses Geheimnis ist schon in Kraft. Nichts wurde geändert.
settings-no-old-secret = Es gibt kein altes Geheimnis mehr.
settings-no-state-directory = Hier kann nichts geändert werden, weil es kein Zustandsverzeichnis gibt. Setzen Sie `StateDirectory=openfire-provisioner` in der Unit oder `admin.state_directory`.
settings-not-written = Nichts wurde geändert: { $value }
settings-slow = Das Zustandsverzeichnis hat 5 Sekunden lang nicht geantwortet. Prüfen Sie auf dieser Seite, ob die Änderung gilt, bevor Sie es noch einmal versuchen.
done-paused = Die Provisionierung ist pausiert.
done-resumed = Die Provisionierung läuft wieder.
done-secret-set = Das neue Geheimnis ist in Kraft.
done-secret-generated = Ein neues Geheimnis ist in Kraft. Um es zu sehen, geben Sie unten Ihr Passwort ein.
done-old-secret-ended = Das alte Geheimnis gilt nicht mehr.
done-networks-set = Die neuen Netze sind in Kraft.
done-given-back = Der Wert der Konfiguration ist wieder in Kraft.
banner-paused = Die Provisionierung ist seit { $since } von { $by } pausiert.
banner-paused-reason = Die Provisionierung ist seit { $since } von { $by } pausiert: { $reason }
banner-settings-problem = Die Datei mit den Einstellungen dieser Seiten kann nicht verwendet werden.
banner-audit-problem = Das Audit-Protokoll ist unvollständig.

## Locked out

locked-out-what = Benutzer und Adressen, die sich eine Zeit lang nicht anmelden können, weil zu viele ihrer Anmeldungen abgelehnt wurden.
locked-out-who = Wer
locked-out-door = Wo
locked-out-failures = Abgelehnt
locked-out-until = Bis
locked-out-action = Aktion
locked-out-at = von { $address }
locked-out-all-users = (alle Benutzer)
locked-out-everywhere = von allen Adressen
locked-out-in-doubt = im Zweifel
locked-out-release = Freigeben
locked-out-more = { $count ->
    [one] 1 älterer Eintrag wird nicht angezeigt.
   *[other] { $count-text } ältere Einträge werden nicht angezeigt.
 }
locked-out-empty = Kein Benutzer und keine Adresse ist gesperrt.
locked-out-empty-advice = Die Grenzwerte stehen in `[limits]`: `failures_per_user`, `failures_per_address`, `attempts_per_user`.
door-provisioning = Provisionierung
door-pages = Diese Seiten
done-released = Freigegeben: Die nächsten Versuche zählen von vorn.
done-not-locked = Es wurde nichts geändert: Die Sperre bestand nicht mehr.
error-no-lock = Das Formular wurde nicht angenommen
error-no-lock-text = Es nennt weder einen Benutzer noch eine Adresse. Es wurde nichts geändert.

## Audit log

filter = Filtern
filter-any = alle
filter-clear = Alle anzeigen
newest = Neueste
older = Ältere
audit-when = Zeit
audit-actor = Wer
audit-address = Von
audit-on-the-machine = der Rechner selbst
audit-action = Aktion
audit-target = Ziel
audit-before = Vorher
audit-after = Nachher
audit-from = Erster Tag
audit-until = Letzter Tag
audit-text = Text
audit-csv = Als CSV herunterladen
audit-jsonl = Als JSON Lines herunterladen
audit-empty = Das Audit-Protokoll hat noch keine Einträge.
audit-none-found = Kein Eintrag passt.
audit-none-found-advice = Ändern Sie den Filter, oder zeigen Sie alle Einträge.
audit-not-kept = Es gibt kein Zustandsverzeichnis: Diese Einträge gehen verloren, wenn der Dienst endet. Sie stehen auch im Log des Dienstes.
audit-problem = Hier fehlen Einträge; sie stehen im Log des Dienstes: { $reason }
error-audit = Das Audit-Protokoll kann nicht gelesen werden
error-audit-text = { $reason }
# Wörter in Vorher und Nachher.
audit-value-administrator = Administrator
audit-value-viewer = nur Ansehen
audit-value-refused = Name, Passwort oder Code falsch
audit-value-incomplete = unvollständig
audit-value-not-administrator = kein Administrator
audit-value-not-listed = nicht eingetragen
audit-value-reserved = reserviertes Konto
audit-value-too-many = zu viele Versuche
audit-value-cannot-check = konnte nicht geprüft werden
audit-value-in-doubt = Ablehnung nicht geglaubt
audit-value-no-password = kein Passwort
audit-action-sign-in = angemeldet
audit-action-sign-in-refused = Anmeldung abgelehnt
audit-action-sign-out = abgemeldet
audit-action-sign-out-everywhere = überall abgemeldet
audit-action-link-made = Code erzeugt
audit-action-link-used = mit Code angemeldet
audit-action-link-refused = Code abgelehnt
audit-action-setting-changed = Einstellung geändert
audit-action-setting-given-back = Einstellung auf die Konfiguration zurückgesetzt
audit-action-secret-shown = Geheimnis angesehen
audit-action-password-refused = falsches Passwort
audit-action-exported = Liste heruntergeladen
audit-action-released = Benutzer oder Adresse freigegeben
audit-action-previewed = Vorschau für einen Benutzer angesehen
audit-action-plugin-downloaded = Konsolen-Plugin heruntergeladen

## Console plugin

plugin-what = Dieses Plugin für Openfire 4.2 und neuer fügt der Admin-Konsole von Openfire einen Link auf diese Seiten hinzu. Es enthält kein Geheimnis und tut sonst nichts.
plugin-leads-to = Führt zu
plugin-download = { $file } herunterladen
plugin-install = Installation
plugin-install-upload = Laden Sie die Datei in der Admin-Konsole von Openfire unter „Plugins“ hoch, oder kopieren Sie sie in den Ordner „plugins“ von Openfire. Openfire muss nicht neu gestartet werden.
plugin-install-name = Behalten Sie den Dateinamen { $file } bei: Openfire benennt ein Plugin nach seiner Datei, und eine spätere Version ersetzt dann diese.
plugin-install-find = Der Link steht unter „Server > Servereinstellungen > Jitsi Provisioning“.
plugin-moved = Wenn sich die Adresse ändert
plugin-moved-how = Sie brauchen kein neues Plugin. Setzen Sie in der Admin-Konsole von Openfire unter „Server > Serververwaltung > Systemeinstellungen“:
plugin-property = Eigenschaft
plugin-value = Wert
plugin-value-text = die neue Adresse
