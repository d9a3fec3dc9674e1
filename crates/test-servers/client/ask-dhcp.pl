#!/usr/bin/perl
# Asks for the provisioning URL by DHCP, as a Jitsi client of one address does, and prints what comes.
#
# usage: ask-dhcp.pl ADDRESS
#
# A DHCPINFORM (RFC 2131 section 4.4.3) that asks for option 224 goes to 255.255.255.255, port 6767; the answer comes to port
# 6768 of ADDRESS. Exit code 1: no answer within 30 s.
use strict;
use warnings;
use Socket;

my ($address) = @ARGV or die "usage: $0 ADDRESS\n";
my $client = inet_aton($address) or die "$0: $address is no address\n";
socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
setsockopt($socket, SOL_SOCKET, SO_BROADCAST, 1) or die "SO_BROADCAST: $!\n";
setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) or die "SO_REUSEADDR: $!\n";
bind($socket, sockaddr_in(6768, $client)) or die "bind: $!\n";

my $id = $$;
my $options = "\x35\x01\x08" . "\x37\x01\xe0" . "\xff";
my $question = pack('C4 N n2 a4 x4 x4 x4 a16 x64 x128 N', 1, 1, 6, 0, $id, 0, 0, $client, "\x02\0\0\0\0\x01", 0x63825363);
for (1 .. 30) {
    send($socket, $question . $options, 0, sockaddr_in(6767, INADDR_BROADCAST)) or die "send: $!\n";
    my $waiting = '';
    vec($waiting, fileno($socket), 1) = 1;
    next unless select($waiting, undef, undef, 1);
    recv($socket, my $answer, 1500, 0);
    next unless length($answer) > 240 && unpack('N', substr($answer, 4, 4)) == $id;
    my $rest = substr($answer, 240);
    my $url;
    while (length($rest) > 1 && ord($rest) != 255) {
        my ($code, $value) = unpack('C C/a', $rest);
        if ($code == 0) {
            $rest = substr($rest, 1);
            next;
        }
        # Of several the client takes the last one.
        $url = $value if $code == 224;
        $rest = substr($rest, 2 + length($value));
    }
    if (defined $url) {
        print "$url\n";
        exit;
    }
}
die "$0: no answer with option 224\n";
