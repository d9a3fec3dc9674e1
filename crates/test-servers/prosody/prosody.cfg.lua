-- Prosody 0.12 as a test server. It is read as it stands: what differs from start to start comes in variables of the
-- environment, which Prosody shows to its configuration as ENV_NAME.
--   PROSODY_HOME, PROSODY_MODULES    folder with data/, server.crt and server.key; folder of modules/
--   PROSODY_C2S_PORT, PROSODY_C2S_TLS_PORT, PROSODY_COMPONENT_PORT
--   PROSODY_ADMINS                   how many of the components admin0, admin1, ... may use the admin commands
--   PROSODY_COMPONENTS               how many there are of each kind
--   PROSODY_SECRET                   the secret of all of them
--   PROSODY_DISABLED_MECHANISMS      SASL mechanisms that are not offered, with blanks between them

local domain = "example.test";

-- Has an effect only when started by root, as in a container; without it Prosody opens no port there and stays.
run_as_root = true
data_path = ENV_PROSODY_HOME .. "/data"
plugin_paths = { ENV_PROSODY_MODULES }
log = { { levels = { min = "info" }, to = "file", filename = ENV_PROSODY_HOME .. "/prosody.log" } }

interfaces = { "127.0.0.1" }
c2s_ports = { tonumber(ENV_PROSODY_C2S_PORT) }
c2s_direct_tls_ports = { tonumber(ENV_PROSODY_C2S_TLS_PORT) }
component_interfaces = { "127.0.0.1" }
component_ports = { tonumber(ENV_PROSODY_COMPONENT_PORT) }
s2s_ports = { }
http_ports = { }
https_ports = { }

modules_enabled = { "roster"; "saslauth"; "tls"; "disco"; "ping"; "vcard"; "posix"; "admin_adhoc"; "ready" }
modules_disabled = { "s2s"; "s2s_auth_certs"; "offline" }
storage = "internal"
authentication = "clear_text"
c2s_require_encryption = true

local not_offered = { };
for mechanism in ENV_PROSODY_DISABLED_MECHANISMS:gmatch("%S+") do
	not_offered[#not_offered + 1] = mechanism;
end
disable_sasl_mechanisms = not_offered

local admins_of_host = { "admin@" .. domain };
for number = 0, tonumber(ENV_PROSODY_ADMINS) - 1 do
	admins_of_host[#admins_of_host + 1] = "admin" .. number .. "." .. domain;
end
admins = admins_of_host

VirtualHost(domain)
	ssl = {
		certificate = ENV_PROSODY_HOME .. "/server.crt";
		key = ENV_PROSODY_HOME .. "/server.key";
	}

for number = 0, tonumber(ENV_PROSODY_COMPONENTS) - 1 do
	for _, kind in ipairs({ "admin"; "component" }) do
		Component(kind .. number .. "." .. domain)
		component_secret = ENV_PROSODY_SECRET
	end
end
