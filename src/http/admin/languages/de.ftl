# Deutsche Texte der Seiten für Administratoren, im Format Fluent.

language-name = Deutsch
number-group = .
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

product = Provisioning
skip-to-content = Zum Inhalt
sections = Seiten
section-overview = Übersicht
section-requests = Anfragen
section-preview = Vorschau
section-templates = Vorlagen
section-data = Daten
section-settings = Einstellungen
section-locked-out = Gesperrt
section-audit = Protokoll
section-console-plugin = Konsolen-Plugin
role-looking = nur lesend
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
back = Zurück

banner-only-looking = Openfire kann zurzeit nicht bestätigen, dass Sie Administrator sind. Bis es wieder funktioniert, können Sie nur lesen.

## Signing in

sign-in = Anmelden
sign-in-with = Mit Ihrem Konto auf { $domain }. Sie müssen Administrator von Openfire sein.
sign-in-other-way = Wenn Openfire nicht funktioniert:
sign-in-text-is-kept = Ihre Sitzung ist abgelaufen. Ihre Eingaben sind erhalten; nach der Anmeldung können Sie sie absenden.
user-name = Benutzername
password = Passwort
sign-in-refused = Benutzername oder Passwort ist falsch.
sign-in-not-administrator = Dieses Konto ist kein Administrator.
sign-in-not-administrator-advice = In der Openfire-Konsole macht „Users/Groups > Users > Edit Properties“ ein Konto zum Administrator. Wenn Sie das gerade getan haben, melden Sie sich noch einmal an.
sign-in-not-listed = Dieses Konto darf sich hier nicht anmelden.
sign-in-not-listed-advice = Tragen Sie es in der Konfiguration unter `admin.users` oder `admin.viewers` ein und starten Sie den Dienst neu.
sign-in-too-many = Zu viele Fehlversuche. Versuchen Sie es in { $time } noch einmal.
sign-in-cannot-check = Openfire konnte das Passwort nicht prüfen.
sign-in-cannot-check-advice = Der Grund steht im Log des Dienstes. Um die Seiten inzwischen anzusehen, melden Sie sich mit einem Code vom Server an.
sign-in-incomplete = Geben Sie Benutzername und Passwort ein.
sign-in-reserved = Dieses Konto ist nur für den Dienst selbst.
sign-in-reserved-advice = Es ist das Referenzkonto (`openfire.reference_user`). Nehmen Sie ein anderes Konto.
sign-in-in-doubt = Openfire hat das Passwort abgelehnt, lehnt zurzeit aber auch richtige ab.
sign-in-in-doubt-advice = Seine Benutzerverwaltung scheint nicht zu funktionieren; der Grund steht im Log des Dienstes. Um die Seiten inzwischen anzusehen, melden Sie sich mit einem Code vom Server an.
done-signed-out = Sie sind abgemeldet.
done-signed-out-everywhere = Sie sind in allen Browsern abgemeldet.
link-title = Mit einem Code anmelden
link-how = Führen Sie auf dem Rechner des Dienstes als root diesen Befehl aus. Er gibt einen Code aus, der zehn Minuten lang und für eine Anmeldung gilt.
link-code = Code
link-back = Mit Passwort anmelden
link-refused = Dieser Code ist falsch, wurde schon benutzt oder ist älter als zehn Minuten.
link-refused-advice = Mit `openfire-provisioner admin-link` erhalten Sie einen neuen.
go-on-title = Eingaben absenden?
go-on-text = Ihre Sitzung war abgelaufen, darum wurde dies noch nicht gesendet. Prüfen Sie es, dann senden Sie es ab.
go-on = Absenden
discard = Verwerfen

## Refusals

error-host = Diese Adresse gehört nicht zu den Seiten
error-host-text = Der Browser hat einen Host angefragt, der nicht in `admin.urls` steht.
error-host-advice = Öffnen Sie die Seiten unter einer Adresse aus `admin.urls`, oder tragen Sie diese dort ein und starten Sie den Dienst neu. Ein Proxy muss den Host weitergeben (nginx: `proxy_set_header Host $host;`).
error-network = Die Seiten können von hier nicht geöffnet werden
error-network-text = Ihre Adresse { $address } ist nicht in `admin.allowed_networks`.
error-embedded = Diese Seite kann nicht in einer anderen gezeigt werden
error-embedded-text = Öffnen Sie sie in einem eigenen Fenster.
error-not-found = Diese Seite gibt es nicht
error-not-found-text = Prüfen Sie die Adresse, oder wählen Sie oben eine Seite.
error-method = Diese Seite kann so nicht angefragt werden
error-method-text = Öffnen Sie sie mit einem Browser.
error-form = Das Formular wurde nicht angenommen
error-form-text = Es kam nicht von einer Seite dieses Dienstes, oder die Seite war zu alt. Es wurde nichts geändert.
error-form-advice = Öffnen Sie die Seite noch einmal und senden Sie das Formular von dort.
error-too-large = Das Formular ist zu groß
error-too-large-text = Formulare dürfen höchstens { $size } KiB groß sein. Es wurde nichts geändert.
error-incomplete = Das Formular kam nicht rechtzeitig an
error-incomplete-text = Es wurde nichts geändert. Senden Sie es noch einmal.
error-may-not-viewer = Ihr Konto darf nur lesen
error-may-not-viewer-text = Es wurde nichts geändert. Konten in `admin.viewers` und Codes von `admin-link` ohne `--may-change` können nichts ändern.
error-may-not-down = Zurzeit kann nichts geändert werden
error-may-not-down-text = Es wurde nichts geändert. Openfire kann zurzeit nicht bestätigen, dass Sie Administrator sind. Bis es wieder funktioniert, können die Seiten nur angesehen werden.
error-internal = Interner Fehler
error-internal-text = Die Seite konnte nicht erstellt werden. Der Grund steht im Log des Dienstes.

## Overview

component = Komponente
name = Name
state = Zustand
state-connected = verbunden
state-down = nicht verbunden

## Requests

## Preview

## Templates

## Data

## Settings

## Locked out

## Audit log

## Console plugin

