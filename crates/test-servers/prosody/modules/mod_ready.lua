-- Says on standard output when every port is open, for whoever started the server.
module:set_global();

module:hook("server-started", function ()
	io.stdout:write("ready\n");
	io.stdout:flush();
end);
