# English texts of the administrators' pages, in the format Fluent. To add a language, translate this file.
# Values in { } stay as they are. { $count-text } is { $count } as the language writes it.

language-name = English
number-group = ,
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
role-looking = can only look
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
back = Back

banner-only-looking = Openfire cannot confirm now that you are an administrator. Until it works again, you can only look.

## Signing in

sign-in = Sign in
sign-in-with = Use your account on { $domain }. You must be an administrator of Openfire.
sign-in-other-way = If Openfire does not work:
sign-in-text-is-kept = Your session has ended. What you entered is kept; you can send it after you sign in.
user-name = User name
password = Password
sign-in-refused = The user name or password is wrong.
sign-in-not-administrator = This account is not an administrator.
sign-in-not-administrator-advice = In Openfire’s console, Users/Groups > Users > Edit Properties makes an account an administrator. If you have just done so, sign in again.
sign-in-not-listed = This account may not sign in here.
sign-in-not-listed-advice = Add it to `admin.users` or `admin.viewers` in the configuration and restart the service.
sign-in-too-many = Too many failed attempts. Try again in { $time }.
sign-in-cannot-check = Openfire could not check the password.
sign-in-cannot-check-advice = The service’s log says why. To look at the pages in the meantime, use a code from the server.
sign-in-incomplete = Enter user name and password.
sign-in-reserved = This account is only for the service itself.
sign-in-reserved-advice = It is the reference account (`openfire.reference_user`). Use another account.
sign-in-in-doubt = Openfire refused the password, but refuses right ones too at the moment.
sign-in-in-doubt-advice = Its user store does not seem to work; the service’s log says why. To look at the pages in the meantime, use a code from the server.
done-signed-out = You are signed out.
done-signed-out-everywhere = You are signed out in all browsers.
link-title = Sign in with a code
link-how = On the machine of the service, run this command as root. It prints a code that is valid for ten minutes and for one sign-in.
link-code = Code
link-back = Sign in with a password
link-refused = This code is wrong, was used, or is older than ten minutes.
link-refused-advice = Run `openfire-provisioner admin-link` again for a new one.
go-on-title = Send what you entered?
go-on-text = Your session had ended, so this was not sent yet. Check it, then send it.
go-on = Send
discard = Discard

## Refusals

error-host = This address is not one of the pages’ own
error-host-text = The browser asked for a host that is not in `admin.urls`.
error-host-advice = Open the pages at an address in `admin.urls`, or add this one there and restart the service. Behind a proxy, have it pass on the host (nginx: `proxy_set_header Host $host;`).
error-network = The pages cannot be opened from here
error-network-text = Your address { $address } is not in `admin.allowed_networks`.
error-embedded = This page cannot be shown inside another one
error-embedded-text = Open it in a window of its own.
error-not-found = There is no such page
error-not-found-text = Check the address, or choose a page above.
error-method = This page cannot be asked in this way
error-method-text = Open it with a browser.
error-form = The form was not accepted
error-form-text = It did not come from a page of this service, or the page was too old. Nothing was changed.
error-form-advice = Open the page again and send the form from there.
error-too-large = The form is too large
error-too-large-text = The largest form is { $size } KiB. Nothing was changed.
error-incomplete = The form did not arrive in time
error-incomplete-text = Nothing was changed. Send it again.
error-may-not-viewer = Your account can only look
error-may-not-viewer-text = Nothing was changed. Accounts in `admin.viewers`, and codes of `admin-link` without `--may-change`, cannot change anything.
error-may-not-down = Nothing can be changed now
error-may-not-down-text = Nothing was changed. Openfire cannot confirm now that you are an administrator. Until it works again, the pages can only be looked at.
error-internal = Internal error
error-internal-text = The page could not be made. The service’s log says why.

## Overview

component = Component
name = Name
state = State
state-connected = connected
state-down = not connected

## Requests

## Preview

## Templates

## Data

## Settings

## Locked out

## Audit log

## Console plugin

