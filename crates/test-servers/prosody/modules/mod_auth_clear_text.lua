-- Accounts with their password in the clear, as in Prosody's own internal_plain, and two things besides:
--
-- 1. An account may be disabled: accounts/NAME.dat holds { ["password"] = "..."; ["disabled"] = true }.
-- 2. SCRAM-...-PLUS under TLS 1.3. Prosody 0.12 knows the channel binding tls-unique alone, which TLS 1.3 lacks and
--    which few client libraries can read. Here tls-exporter (RFC 9266) and tls-server-end-point (RFC 5929) are added,
--    and named to clients (XEP-0440). The exchange itself is Prosody's own SCRAM code.

local sasl = require "util.sasl";
local scram = require "util.sasl.scram";
local hex = require "util.hex";
local load_certificate = require "ssl".loadcertificate;
local st = require "util.stanza";

local accounts = module:open_store("accounts");
local provider = {};

-- The mechanisms again, with more bindings than the one they are registered with by themselves.
scram.init(function (name, backends, exchange, bindings)
	sasl.registerMechanism(name, backends, exchange, bindings and { "tls-unique"; "tls-exporter"; "tls-server-end-point" });
end);

-- RFC 5929 section 4.1: a hash of the server's certificate, SHA-256 for one that is signed with SHA-256.
local function end_point_hash()
	local file = assert(io.open(module:get_option("ssl").certificate));
	local certificate = load_certificate(file:read("*a"));
	file:close();
	return hex.from(certificate:digest("sha256"));
end

-- Binding name -> function that gives its data, for one stream.
local function bindings(session)
	local socket = session.encrypted and session.conn:socket();
	if not (socket and socket.info) then
		return {};
	end
	local found = { ["tls-server-end-point"] = end_point_hash };
	if socket:info("protocol") == "TLSv1.3" then
		found["tls-exporter"] = function ()
			return (assert(socket:exportkeyingmaterial("EXPORTER-Channel-Binding", 32, "")));
		end;
	end
	return found;
end

function provider.get_sasl_handler(session)
	local handler = sasl.new(module.host, {
		plain = function (_, username)
			local account = accounts:get(username);
			if not account then
				return "", nil;
			end
			return account.password, not account.disabled;
		end;
	});
	for name, data in pairs(bindings(session)) do
		handler:add_cb_handler(name, data);
	end
	return handler;
end

module:hook("stream-features", function (event)
	if event.origin.username then
		return;
	end
	local offer = st.stanza("sasl-channel-binding", { xmlns = "urn:xmpp:sasl-cb:0" });
	for name in pairs(bindings(event.origin)) do
		offer:tag("channel-binding", { type = name }):up();
	end
	if #offer.tags > 0 then
		event.features:add_child(offer);
	end
end);

function provider.get_password(username)
	local account = accounts:get(username);
	return account and account.password;
end

function provider.test_password(username, password)
	return provider.get_password(username) == password;
end

function provider.user_exists(username)
	return accounts:get(username) ~= nil;
end

function provider.users()
	return accounts:users();
end

function provider.create_user(username, password)
	return accounts:set(username, { password = password });
end

function provider.set_password(username, password)
	local account = accounts:get(username);
	if not account then
		return nil, "no such account";
	end
	account.password = password;
	return accounts:set(username, account);
end

function provider.delete_user(username)
	return accounts:set(username, nil);
end

module:provides("auth", provider);
