# English texts of the administrators' pages, in the format Fluent. To add a language, translate this file.
# Values in { } stay as they are. { $count-text } is { $count } as the language writes it.

language-name = English
number-group = ,
number-point = .
# As 2026-11-30 14:05; the parts have their leading zeros.
time = { $year }-{ $month }-{ $day } { $hour }:{ $minute } { $zone }
time-with-seconds = { $year }-{ $month }-{ $day } { $hour }:{ $minute }:{ $second } { $zone }
duration-seconds = { $count ->
    [one] 1 second
   *[other] { $count-text } seconds
 }
duration-minutes = { $count ->
    [one] 1 minute
   *[other] { $count-text } minutes
 }
duration-hours = { $count ->
    [one] 1 hour
   *[other] { $count-text } hours
 }
duration-days = { $count ->
    [one] 1 day
   *[other] { $count-text } days
 }

## The frame of all pages

product = Provisioning
skip-to-content = Skip to the content
sections = Pages
section-overview = Overview
section-requests = Requests
section-preview = Preview
section-templates = Templates
section-data = Data
section-settings = Settings
section-locked-out = Locked out
section-audit = Audit log
section-console-plugin = Console plugin
role-looking = view only
sign-out = Sign out
sign-out-everywhere = Sign out everywhere
mend-it = What to do
language = Language
colours = Colours
colours-auto = as the system
colours-light = light
colours-dark = dark
time-zone = Time zone
apply = Apply
done-zone-unknown = This time zone is not known, so the one before stays. Write for example Europe/Berlin or UTC.
back = Back

banner-only-looking = Openfire cannot confirm at the moment that you are an administrator. Until it can, you can look at these pages but change nothing. To change something before, sign in with a code from `openfire-provisioner admin-link --may-change`.

## Signing in

sign-in = Sign in
sign-in-with = Use your account on { $domain }. It needs to be an administrator of Openfire, or an account that `admin.viewers` allows to look.
sign-in-other-way = If Openfire does not work:
sign-in-text-is-kept = Your session has ended. What you entered is kept: you can send it after you sign in.
user-name = User name
password = Password
sign-in-refused = The user name or password is wrong.
sign-in-not-administrator = This account is not an administrator.
sign-in-not-administrator-advice = In Openfire’s console, Users/Groups > Users > Edit Properties makes an account an administrator. If you have just done so, sign in again.
sign-in-not-listed = This account may not sign in here.
sign-in-not-listed-advice = Add it to `admin.users` or `admin.viewers` in the configuration and restart the service.
sign-in-too-many = Too many failed attempts. Try again in { $time }.
sign-in-cannot-check = Openfire could not check the password.
sign-in-cannot-check-advice = The service’s log says why. To look at the pages in the meantime, sign in with a code (`openfire-provisioner admin-link`).
sign-in-incomplete = Enter your user name and your password.
sign-in-reserved = This account is reserved for the service.
sign-in-reserved-advice = It is the reference account (`openfire.reference_user`). Use another account.
sign-in-in-doubt = Openfire refused the password, but at the moment it also refuses correct ones.
sign-in-in-doubt-advice = Its user database does not seem to work; the service’s log says why. To look at the pages in the meantime, sign in with a code (`openfire-provisioner admin-link`).
done-signed-out = You are signed out.
done-signed-out-everywhere = You are signed out in all browsers.
link-title = Sign in with a code
link-how = On the machine where the service runs, run this command as root. It prints a code that is valid for ten minutes and for one sign-in.
link-may-change = With it you can only look. To change settings too, add `--may-change`.
link-code = Code
link-back = Sign in with a password
link-refused = This code is wrong, has been used or replaced, or is older than ten minutes.
link-refused-advice = Run `openfire-provisioner admin-link` to get a new one.
link-too-many = Too many wrong codes came from your address. Try again in { $time }.
link-no-directory = The service has no state directory, where codes are kept.
link-no-directory-advice = Set `admin.state_directory` in the configuration and restart the service.
link-unusable = The service could not read the code, or could not mark it as used.
link-unusable-advice = The service’s log says which file it is, and why.
go-on-title = Send what you entered?
go-on-text = Your session had ended, so this has not been sent yet. Check it, then send it.
go-on = Send
discard = Discard

## Refusals

error-host = This is not an address of these pages
error-host-text = The browser asked for a host that is not in `admin.urls`.
error-host-advice = Open the pages at an address in `admin.urls`, or add this one there and restart the service. A proxy must pass on the host (nginx: `proxy_set_header Host $http_host;`).
error-network = You cannot open these pages from here
error-network-text = Your address { $address } is not in `admin.allowed_networks`.
error-embedded = This page cannot be shown inside another page
error-embedded-text = Open it in a window of its own.
error-not-found = This page does not exist
error-not-found-text = Check the address, or choose a page above.
error-method = This page does not accept such requests
error-method-text = Open it in a browser.
error-form = The form was not accepted
error-form-text = It did not come from a page of this service, or the page was too old. Nothing was changed.
error-form-advice = Open the page again and send the form from there.
error-too-large = The form is too large
error-too-large-text = The largest form is { $size } KiB. Nothing was changed.
error-incomplete = The form did not arrive in time
error-incomplete-text = Nothing was changed. Send it again.
error-may-not-viewer = You can only look
error-may-not-viewer-text = Nothing was changed. Viewers (accounts in `admin.viewers`) and codes from `admin-link` without `--may-change` cannot change anything.
error-may-not-down = Nothing can be changed at the moment
error-may-not-down-text = Nothing was changed. Openfire cannot confirm at the moment that you are an administrator. To change something before it can, sign in with a code from `openfire-provisioner admin-link --may-change`.
error-internal = Internal error
error-internal-text = The page could not be created. The service’s log says why.

## Overview

component = Component
name = Name
state = State
state-connecting = connecting
state-connected = connected
state-down = not connected
state-since = Since
state-attempts = Failed attempts
attention = Needs attention
attention-none = Nothing needs attention.
severity-error = Problem:
severity-warning = Warning:
severity-note = Note:
attention-component-down = The component is not connected to Openfire. { $attempts ->
    [0] The connection was lost.
    [one] 1 attempt has failed.
   *[other] { $attempts-text } attempts have failed.
 }
attention-component-down-advice = Clients whose template needs a vCard or groups get 503 and keep what they have. Run `openfire-provisioner check --online`.
attention-undecided = Openfire neither accepts nor refuses logins at the moment.
attention-undecided-advice = Clients get 503 and keep what they have. Run `openfire-provisioner check --online`, and check Openfire’s own log.
attention-in-doubt = Openfire refuses logins, but the service does not believe it.
attention-in-doubt-advice = Clients get 503 instead of 401, so they keep their passwords. Check Openfire’s database or LDAP; see `docs/openfire-ldap.md`.
attention-no-reference = There is no reference account.
attention-no-reference-advice = With one (`openfire.reference_user`) the service notices sooner that Openfire cannot check passwords; see `docs/openfire-ldap.md`.
attention-reload-failed = The last reload failed. What was loaded on { $loaded } stays in force.
attention-reload-failed-advice = Correct the file; it is picked up automatically.
attention-certificate-not-reloaded = The certificate of `http.tls` could not be reloaded. The previous one stays in use.
attention-certificate-not-reloaded-advice = Correct the files of `http.tls`; they are picked up automatically.
attention-data-unread = Some site data have never been read.
attention-data-unread-advice = Clients whose template uses these data get 503 until they have been read.
attention-data-stale = Some site data are older than they should be.
attention-data-stale-advice = The last data stay in use. Check the command or endpoint that delivers them.
attention-own-certificate = The certificate of `http.tls` expires { $days ->
    [0] today
    [one] tomorrow
   *[other] in { $days-text } days
 }, on { $ends }.
attention-own-certificate-expired = The certificate of `http.tls` expired on { $ends }.
attention-own-certificate-advice = Clients do not trust an expired certificate and get nothing. Renew it; the new one is picked up automatically.
attention-openfire-certificate = Openfire’s certificate expires { $days ->
    [0] today
    [one] tomorrow
   *[other] in { $days-text } days
 }, on { $ends }.
attention-openfire-certificate-expired = Openfire’s certificate expired on { $ends }.
attention-openfire-certificate-advice = Logins fail once it has expired. Renew it in Openfire’s console under Server > TLS/SSL Certificates.
attention-many-refused = { $number-text } of { $of-text } requests in the last ten minutes were refused.
attention-many-refused-advice = The list of requests shows the reasons. Usual causes: a changed secret or list of networks, a proxy, or someone who tries passwords.
attention-many-failed = { $number-text } of { $of-text } requests in the last ten minutes failed.
attention-many-failed-advice = The list of requests shows the reasons.
attention-records-lost = { $number-text } requests since the start are missing from the log and from these numbers.
attention-records-lost-advice = They ended faster than they could be recorded: the machine does not have enough processor time.
attention-paused = { $by } has paused provisioning.
attention-paused-advice = Clients get 503 and keep what they have.
attention-settings-damaged = The file with the settings of these pages cannot be used.
attention-settings-damaged-advice = The settings page says why, and which values apply instead. Check them, and save them again.
attention-settings-fixed = Settings cannot be changed in these pages.
attention-settings-fixed-advice = Set `admin.state_directory` in the configuration, or `StateDirectory=` in the systemd unit.
provisionings = Provisioning
provisionings-since = Counted since
plot-last-hour = Requests in the last hour
plot-last-day = Requests in the last 24 hours
plot-empty = No requests in this time.
plot-sum = { $provisioned-text } provisioned, { $refused-text } refused, { $failed-text } failed.
plot-bar = { $clock }: { $provisioned-text } provisioned, { $refused-text } refused, { $failed-text } failed
plot-table = The numbers as a table
plot-table-caption = Times without requests are left out.
plot-from = From
kind-provisioned = Provisioned
kind-refused = Refused
kind-failed = Failed
kind-update = Update
kind-abandoned = Abandoned
openfire-domain = Domain
openfire-software = Software
openfire-certificate = Certificate
openfire-mechanisms = SASL mechanisms
openfire-no-tls = not encrypted
openfire-not-known = not known yet
openfire-seen = Last seen
certificate-none = none
certificate-expired = expired
certificate-days-left = { $days ->
    [0] expires today
    [one] 1 day left
   *[other] { $days-text } days left
 }
policy-title = Templates and data
policy-current = up to date
policy-old = not up to date
policy-loaded = In force since
overview-source = Data { $name }
overview-age = read { $age } ago
overview-never-read = never read
overview-no-sources = no sources
logins-title = Logins
logins-refusals = Refused logins
logins-believed = believed
logins-in-doubt = not believed
logins-undecided = Openfire decides no login at the moment
logins-reference = Reference account
logins-reference-set = set
logins-reference-none = none
locked-out-number = { $number ->
    [one] 1 entry
   *[other] { $number-text } entries
 }
locked-out-none = none
service-title = This service
service-version = Version
service-started = Started
service-certificate = Certificate
service-update-for = Update for { $platform }
service-updates = Updates
service-updates-none = none offered
service-update-defects = Files not offered as updates
service-records-lost = Requests missing from the log

## Requests

requests-kept = { $count ->
    [0] No request yet; at most 5,000 are kept.
    [one] 1 request; at most 5,000 are kept.
   *[other] { $count-text } requests; at most 5,000 are kept.
 }
requests-all = All requests
requests-address = Address or network
requests-address-wrong = The address is neither an address nor a network. Write for example 10.1.2.3 or 10.1.0.0/16.
requests-any-outcome = all
requests-none = No requests yet.
requests-none-advice = A client’s request appears here as soon as it has ended. A restart of the service clears the list; the log keeps the requests.
requests-none-match = No request matches.
requests-none-match-advice = Only the last 5,000 requests since the service started are kept. Older ones are in the log.
requests-of-user = Requests of this user
requests-of-address = Requests from this address
request = Request { $id }
request-what = What the client asked for
request-end = How it ended
request-time = Time
request-user = User
request-user-unknown = unknown
request-address = Address
request-client = Client
request-client-unknown = not stated
request-outcome = Outcome
request-milliseconds = ms
request-documentation = Documentation:
request-asked = Asked for
request-asked-provisioning = provisioning
request-asked-update = an update
request-asked-unknown = unknown
request-file = File
request-template = Template
request-rule = Rule
request-rule-default = none; the default template
request-status = Status
request-status-none = no answer
request-stage-login = Login
request-stage-directory = vCard, roster, groups
request-stage-render = Template
request-stage-total = Total
request-in-log = In the log
request-preview = Preview for this user and client
error-no-request = This request is not kept
error-no-request-text = Only the last 5,000 requests since the service started are kept. Older ones are in the log.
outcome-unauthorized = wrong name or password
outcome-not-authorised = secret or network not allowed
outcome-illegal-argument = fields missing or malformed
outcome-connection = Openfire did not answer in time
outcome-internal = login not checked
outcome-template = template failed
outcome-too-many = too many failed logins
outcome-paused = provisioning paused
outcome-update-not-found = no such update
outcome-too-many-downloads = too many downloads
outcome-update = update not readable
outcome-precondition = update has changed
outcome-range = part does not exist
outcome-panic = internal error
advice-unauthorized = The user name or the password is wrong, or the account is disabled. Try them with `openfire-provisioner check --user NAME --password`.
advice-login-names = If users type this name, add a pattern to `openfire.login_names` that turns it into their account.
advice-not-authorised = Check the secret in the client’s URI and the allowed networks; behind a proxy, also check `http.trusted_proxies`.
advice-illegal-argument = Compare the client’s URI with the one in `docs/install.md`: each placeholder must be the whole value of its field.
advice-connection = Run `openfire-provisioner check --online`, and check Openfire’s own log: its database or LDAP may be slow or down.
advice-internal = Openfire could not check the login. The reason names the setting to change; if refusals are not believed, check the reference account.
advice-template = The template failed for this user, or its text would harm the client. The preview shows the line.
advice-too-many = Too many failed logins. Wait, or release the user or the address under “Locked out”. If all users at one site are affected, set `http.trusted_proxies` or raise `limits.failures_per_address`.
advice-paused = An administrator has paused provisioning. The reason says who and why. Resume it under “Settings”.
advice-update-not-found = The update channel has no such file. Clients that ask for it have an outdated address.
advice-too-many-downloads = All download slots were in use. The client tries again; see `updates.max_downloads`.
advice-update = The file of the update cannot be read. The reason names it; check its permissions.
advice-precondition = The file has changed since the client began to download it. The client starts again.
advice-range = The client asked for a part that the file does not have. The client starts again.
advice-panic = Internal error. Please report the line of the log that begins with “internal error”.

## Preview

part-vcard = the vCard
part-photo = the photo
part-roster = the roster
part-account = the account’s name and e-mail address
part-groups = the groups
level-error = Error
level-warning = Warning
level-note = Note
findings-none = no findings
findings-zero = none
findings-count = Errors: { $errors-text }, warnings: { $warnings-text }, notes: { $notes-text }
line = Line
hidden = hidden
lint-rules = Rules of the linter
lint-rules-help = What each rule means, and what to write instead. `docs/lint.md` has the same text.
preview-agent = User agent
preview-agent-help = As the client sends it, for example Jitsi/2.11.5633. If empty: { $agent }
preview-address = Client’s address
preview-address-help = Rules with `networks` depend on it. If empty: this machine.
preview-os = Operating system
preview-os-help = The field `os`, for example linux, Windows 10 or Mac OS X. If empty, the field is not sent.
preview-fields = Other fields
preview-fields-help = One per line, as NAME=VALUE, for example arch=x86_64. They become part of this page’s address, so do not enter a secret.
preview-user-help = As people type it when they sign in.
preview-client = Client
preview-other = Compare with another client
preview-other-help = What changes on a client that has applied the reply for this other one? Fill in at least one field.
preview-show = Show
preview-empty = Enter a user to see what their client would get.
preview-empty-advice = Nothing is sent to a client, and you need no password. Secrets are hidden.
preview-no-client = No client could send this.
preview-no-other-client = The client to compare with could not send this.
preview-no-name = No account can have this name.
preview-pasted-too-large = The pasted text is too large.
preview-pasted-wrong = The pasted text is not a reply.
preview-busy = Other previews are being made. Try again in a moment.
preview-too-slow = The preview was not ready in time.
preview-broken = Internal error. The service’s log says why.
preview-template-fails = The template fails for this user, so a client would get an error and keep what it has.
preview-reserved = A client with this account would get an error.
preview-no-reply = A client would get no reply now, and keep what it has.
preview-harmful = No client gets this reply: the linter finds an error in it. Clients get status 500 and keep what they have.
preview-may-be-unknown = Nothing was found about { $user }. Perhaps there is no such account: Openfire gives the same answer for a user without any data, and only a login would show the difference.
preview-disconnected = The component is not connected, so Openfire’s data about the user are missing here, as they would be in a client’s reply:
preview-how = How the reply for { $user } is made
preview-login-name = Login name
preview-login-pattern = “{ $pattern }” in `openfire.login_names` turns the name into this account
preview-template = Template
preview-rule = Chosen by
preview-no-rule = no rule; it is the default template
preview-passed-over = Earlier rules
preview-unmet = `{ $setting }` does not match
preview-asked = Requested from Openfire
preview-asked-nothing = nothing: the template uses no data about users
preview-missing = Missing
preview-needs-login = This Openfire gives it only to the user’s own login, and a preview has none. A client’s reply has it.
preview-withheld = Not available
preview-findings = Findings
preview-general-findings = Findings about the reply as a whole
preview-changes = What would change
preview-changes-client = On a client that has applied the reply for the other client, made from the template { $template }:
preview-changes-pasted = On a client that has applied the pasted reply:
preview-change = Change
preview-key = Key
preview-details = Details
preview-value = Value
preview-made-by = Made by
preview-late = from the second start
preview-default = Default: { $value }
preview-unknown-key = No part of the client is known to read this key.
preview-reply = Reply
preview-reply-help = Equal marks such as ***1a2b3c4d*** stand for equal secrets; ******** is the user’s password.
preview-no-keys = The reply is empty: it changes nothing on a client.
preview-no-changes = Nothing changes.
preview-left-out = { $count ->
    [one] 1 more line is not shown.
   *[other] { $count-text } more lines are not shown.
 }
preview-keys-count = { $count ->
    [one] 1 key
   *[other] { $count-text } keys
 }
preview-paste = Compare with an earlier reply
preview-paste-help = Paste a reply as it came, for example from `curl` or `preview`, up to 256 KiB. It is not kept, and its secrets are not shown.
preview-pasted = Earlier reply
preview-compare = Compare
preview-pasted-template = Line { $line-text }: `{ $mark }` belongs in templates, not in replies.
preview-change-added = added
preview-change-changed = changed
preview-change-removed = removed
preview-change-warning = note
preview-change-same = stays
preview-change-not-asked = The earlier reply removed or switched off the client’s provisioning method, so the client does not ask for this reply.
preview-change-hidden = The values are hidden.
preview-change-not-compared = Not compared, since its value is hidden in one of the two replies or in both.
preview-change-run-ended = No longer set: a Java property lasts for one run of the client.
preview-change-undone = Set in line { $line-text }, and then:
preview-change-not-allowed = Line { $line-text } is not applied: `ALLOW_PREFIX` in line { $list-text } does not cover it.
preview-change-sweeps-list = Line { $line-text }: `ENFORCE_PREFIX` also removes everything else that the client has stored outside its list.
preview-change-sweeps-null = Line { $line-text } removes nothing of the earlier reply, but everything else that the client has stored under keys that begin with this one.
preview-change-stopped = Line { $line-text } sets a Java property without a name: the client stops here, and does not apply what follows.
preview-change-same-count = { $count ->
    [one] 1 key is set to the value that it already has.
   *[other] { $count-text } keys are set to the values that they already have.
 }
preview-change-stays = No longer in the reply, but kept by the client. A key that is set to null is removed, with all keys that begin with it.
preview-change-locked = No longer in the reply, but kept by the client, where they go on to lock or hide something. Set a key to null in the reply to unlock it.
preview-change-breaks = Together with what the client keeps of the earlier reply:
preview-change-loses-password = The account loses its password, so the client asks its user for it. Set the password in the reply.
preview-change-value-hidden = (hidden)
preview-change-value-own = (the client’s own)
preview-change-by-null = Removed by line { $line-text }, which sets { $key } to null.
preview-change-by-list = Removed by line { $line-text }: `ENFORCE_PREFIX` does not cover it.
preview-change-by-list-through = Removed by line { $line-text }: `ENFORCE_PREFIX` does not cover { $key }, so everything that begins with it is removed.
preview-change-loss-method = The client’s own key: how it asks for settings. Without it the client does not ask at its next start.
preview-change-loss-url = The client’s own key: the address that it asks for settings.
preview-change-loss-username = The client’s own key: the user name of its saved login.
preview-change-loss-password = The client’s own key: the password of its saved login.
preview-change-loss-uuid = The client’s own key: its UUID. The client generates another one.

## Templates

error-no-template = This template does not exist
error-no-template-text = No template in force uses this file.
in-force-since = In force since
reload-failed = The files have changed since then, but could not be loaded. Clients still get what was in force before.
reload-failed-at = Failing since
reload-failed-advice = Correct the file: it is picked up automatically. If `reload.watch` is off, send SIGHUP.
reload-failed-before = The last failed reload was on
templates-read-only = The pages only show templates. To change them, edit the files: they are picked up automatically.
templates-not-reviewed = The linter has not finished yet. Load this page again for its findings.
templates-who = Who gets which template
templates-rule = Rule
templates-conditions = Conditions
templates-shadowed = Never chosen: the earlier rule { $rule } matches all its users.
templates-everybody = everyone
templates-all-others = everyone else
templates-default = Default template
templates-by-rule = Rule { $rule }
templates-part-of = Part of
templates-files = Files
templates-file = File
templates-lines = Lines
templates-used-by = Used by
templates-source = Source in force
templates-disk-other = The file has changed since. Below is the text in force.
templates-disk-unreadable = The file cannot be read at the moment. Below is the text in force.
templates-earlier-lines = Earlier lines
templates-later-lines = Later lines
templates-no-lines = The file is empty.

## Data

data-no-values = Names and counts only: values are never shown here.
data-failing = cannot be read
data-fine = read
data-unread = never read
data-kind-file = File
data-kind-command = Command
data-kind-endpoint = Endpoint
data-read = Read
data-age = { $age } ago
data-never = never. Until it is, templates that use site data are not served.
data-next = Next read
data-when-changed = when the file changes
data-now = now
data-in = in { $time }, every { $every }
data-rows = Rows
data-users = { $count ->
    [one] 1 user
   *[other] { $count-text } users
 }
data-groups = { $count ->
    [one] 1 group
   *[other] { $count-text } groups
 }
data-roster-groups = { $count ->
    [one] 1 roster group
   *[other] { $count-text } roster groups
 }
data-default = values for everyone
data-columns = Columns
data-list = list
data-secret = secret
data-no-columns = none
data-empty = There are no sources of site data.
data-empty-advice = A section `[[data]]` in the configuration adds one: a file, a command or an endpoint. See `docs/templates.md`.

## Settings

settings-problem = The file with the settings of these pages cannot be used: { $reason }
settings-why-not-writable = Nothing can be changed here: { $reason }
settings-provisioning = Provisioning
settings-is-on = on
settings-is-paused = paused
settings-on-means = Clients get their settings when they start.
settings-paused-means = Clients get no settings when they start, and keep those that they have. No user is asked for a password.
settings-paused-by = Paused by
settings-reason = Reason
settings-reason-help = For the log and for other administrators. Users do not see it.
settings-pause = Pause provisioning
settings-resume = Resume provisioning
settings-secret = HTTP secret
settings-secret-is-set = A secret is set.
settings-secret-none = None: clients need no secret.
settings-in-force = In force
settings-source = Comes from
settings-source-file = the configuration
settings-source-pages = these pages:
settings-file-value = In the configuration
settings-file-has-secret = A secret is set.
settings-file-no-secret = None.
settings-give-back = Use the configuration’s value
settings-old-secret = Old secret
settings-old-until = Valid until
settings-old-none-until = Clients need no secret until
settings-end-old = End the old secret now
settings-your-password = Your password
settings-show-help = To see the secret, enter your own password. The audit log records that you have seen it.
settings-show = Show the secret
settings-secret-shown = The secret:
settings-old-secret-shown = The old secret:
settings-hide = Hide
settings-new-secret = A new secret
settings-secret-itself = New secret
settings-secret-help = 8 to 200 letters, digits or - . _ ~ ! * ( ) , : @ /. Clients send it in their address: &secret=…
settings-old-stays = The old one stays valid for
settings-old-help = Change the address in the clients within that time. An even older secret ends now.
settings-old-0 = no time; it ends now
settings-old-1h = an hour
settings-old-1d = a day
settings-old-7d = 7 days
settings-old-30d = 30 days
settings-set-secret = Set this secret
settings-generate = Generate a secret
settings-older-ends = The older secret ends now, and clients that still have it get no settings.
settings-older-secret = An older secret is still valid, and a new one would end it now. Nothing was changed. Confirm that it may end, or wait until its time is over.
settings-pages-secret-ends = The secret that was set in these pages ends now, and clients that have it get no settings.
settings-no-secret-then = Clients need no secret from then on.
settings-pages-secret = The secret that was set in these pages would end now. Nothing was changed. Confirm that it may end; or set the configuration’s secret as a new one above, so that both are valid for a time.
settings-to-the-setting = Go to the setting
settings-client-address = The address to enter in clients:
settings-client-address-help = If clients reach the service at another host, replace the host.
settings-wrong-password = The password is wrong.
settings-no-password = Enter your password.
settings-networks = Allowed networks
settings-networks-all = All: clients may ask from anywhere.
settings-networks-help = One network or address per line, such as 10.0.0.0/8 or 2001:db8::/32. If empty, clients may ask from anywhere. Your own address is { $address }; it must be allowed.
settings-save-networks = Save
settings-bad-network = “{ $value }” is not a network. Write for example 10.0.0.0/8 or 192.168.1.5. Nothing was changed.
settings-locks-out = { $value } is your own address and would no longer be allowed. Add a network that contains it. Nothing was changed.
settings-changed-meanwhile = The networks were changed while you edited them: the networks in force now are above the form. Your entry is still in the form; save it again to replace them. Nothing was changed.
settings-too-many-networks = The list has more than 500 networks. Combine them into larger ones. Nothing was changed.
settings-secret-short = The secret is too short: it needs at least 8 characters. Nothing was changed.
settings-secret-long = The secret is too long: at most 200 characters. Nothing was changed.
settings-secret-characters = The secret may contain only letters without accents, digits, and - . _ ~ ! * ( ) , : @ /. Nothing was changed.
settings-same-secret = This secret is already in force. Nothing was changed.
settings-no-old-secret = There is no old secret any more.
settings-no-state-directory = Nothing can be changed here, because there is no state directory. Set `StateDirectory=openfire-provisioner` in the unit, or `admin.state_directory`.
settings-not-written = Nothing was changed: { $value }
settings-slow = The state directory did not respond within 5 seconds. Check this page before you try again.
done-paused = Provisioning is paused.
done-resumed = Provisioning has been resumed.
done-secret-set = The new secret is in force.
done-secret-generated = A new secret is in force. To see it, enter your password below.
done-old-secret-ended = The old secret has ended.
done-networks-set = The new networks are in force.
done-given-back = The configuration’s value is in force again.
banner-paused = Provisioning has been paused by { $by } since { $since }.
banner-paused-reason = Provisioning has been paused by { $by } since { $since }: { $reason }
banner-settings-problem = The file with the settings of these pages cannot be used.
banner-audit-problem = The audit log is incomplete.

## Locked out

locked-out-what = Users and addresses that get no attempt to log in for a while, because too many of their logins were refused.
locked-out-who = Who
locked-out-door = Where
locked-out-failures = Refused
locked-out-until = Until
locked-out-action = Action
locked-out-at = at { $address }
locked-out-all-users = (all users)
locked-out-everywhere = at all addresses
locked-out-in-doubt = in doubt
locked-out-release = Release
locked-out-more = { $count ->
    [one] 1 older entry is not shown.
   *[other] { $count-text } older entries are not shown.
 }
locked-out-empty = No user and no address is locked out.
locked-out-empty-advice = The limits are in `[limits]`: `failures_per_user`, `failures_per_address`, `attempts_per_user`.
door-provisioning = Provisioning
door-pages = These pages
done-released = Released: the next attempts count from the beginning.
done-not-locked = Nothing was changed: it was no longer locked out.
error-no-lock = The form was not accepted
error-no-lock-text = It names no user or address. Nothing was changed.

## Audit log

filter = Filter
filter-any = any
filter-clear = Show all
newest = Newest
older = Older
audit-when = Time
audit-actor = Who
audit-address = From
audit-on-the-machine = the machine itself
audit-action = Action
audit-target = Target
audit-before = Before
audit-after = After
audit-from = First day
audit-until = Last day
audit-text = Text
audit-csv = Download as CSV
audit-jsonl = Download as JSON Lines
audit-empty = The audit log has no entries yet.
audit-none-found = No entry matches.
audit-none-found-advice = Change the filter, or show all entries.
audit-not-kept = There is no state directory: these entries are lost when the service stops. The service’s log has them too.
audit-problem = Entries are missing here; the service’s log has them: { $reason }
error-audit = The audit log cannot be read
error-audit-text = { $reason }
# Words of Before and After.
audit-value-administrator = administrator
audit-value-viewer = viewer
audit-value-refused = wrong name, password or code
audit-value-incomplete = incomplete
audit-value-not-administrator = not an administrator
audit-value-not-listed = not listed
audit-value-reserved = reserved account
audit-value-too-many = too many attempts
audit-value-cannot-check = could not be checked
audit-value-in-doubt = refusal not believed
audit-value-no-password = no password
audit-action-sign-in = signed in
audit-action-sign-in-refused = sign-in refused
audit-action-sign-out = signed out
audit-action-sign-out-everywhere = signed out everywhere
audit-action-link-made = created a code
audit-action-link-used = signed in with a code
audit-action-link-refused = code refused
audit-action-setting-changed = changed a setting
audit-action-setting-given-back = reset a setting to the configuration
audit-action-secret-shown = saw a secret
audit-action-password-refused = wrong password
audit-action-exported = downloaded a list
audit-action-released = released a user or an address
audit-action-previewed = previewed a user’s reply
audit-action-plugin-downloaded = downloaded the console plugin

## Console plugin

plugin-what = This plugin for Openfire 4.2 and later adds a link to these pages to Openfire’s admin console. It holds no secret and does nothing else.
plugin-leads-to = Leads to
plugin-download = Download { $file }
plugin-install = How to install it
plugin-install-upload = Upload the file in Openfire’s admin console under Plugins, or copy it into the folder “plugins” of Openfire. Openfire needs no restart.
plugin-install-name = Keep the name { $file }: Openfire names a plugin after its file, and a later version then replaces this one.
plugin-install-find = The link is under Server > Server Settings > Jitsi Provisioning.
plugin-moved = If the address changes
plugin-moved-how = You need no new plugin. In Openfire’s admin console, set this under Server > Server Manager > System Properties:
plugin-property = Property
plugin-value = Value
plugin-value-text = the new address
