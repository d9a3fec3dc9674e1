#!/usr/bin/perl
# Asks for the TXT record of `Provisioning URL` (_https._tcp) by multicast DNS, and prints its strings, each on a line.
#
# usage: ask-mdns.pl
#
# The question comes from a port of its own, so the answer comes to that port alone (RFC 6762 section 6.7). Exit code 1: no
# answer within 30 s.
use strict;
use warnings;
use Socket;

socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
my $id = $$ & 0xffff;
my $name = join('', map { pack('C/a', $_) } 'Provisioning URL', '_https', '_tcp', 'local') . "\0";
my $question = pack('n6', $id, 0, 1, 0, 0, 0) . $name . pack('n2', 16, 1);

# What is left of a message after a name (RFC 1035 section 4.1.4).
sub after_name {
    my ($text) = @_;
    while (my $length = ord($text)) {
        return substr($text, 2) if $length >= 0xc0;
        $text = substr($text, 1 + $length);
    }
    return substr($text, 1);
}

for (1 .. 30) {
    send($socket, $question, 0, sockaddr_in(5353, inet_aton('224.0.0.251'))) or die "send: $!\n";
    my $waiting = '';
    vec($waiting, fileno($socket), 1) = 1;
    next unless select($waiting, undef, undef, 1);
    recv($socket, my $answer, 9000, 0);
    my ($answered, undef, $questions, $answers) = unpack('n4', $answer);
    next unless $answered == $id && $answers;
    my $rest = substr($answer, 12);
    $rest = substr(after_name($rest), 4) for 1 .. $questions;
    for (1 .. $answers) {
        $rest = after_name($rest);
        my ($type, undef, undef, $data) = unpack('n n N n/a', $rest);
        $rest = substr($rest, 10 + length($data));
        if ($type == 16) {
            print "$_\n" for unpack('(C/a)*', $data);
            exit;
        }
    }
}
die "$0: no answer with a TXT record\n";
