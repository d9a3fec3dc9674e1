#!/usr/bin/env perl
# The relative links of the pages (`*.md`) in a folder, as it is shipped.
#
#   links.pl FOLDER [FROM=TO]...     a link to FROM, or to a file below a FROM that ends in `/`, leads to TO instead. Each other
#                                    link to a file that is not in FOLDER becomes its text
#   links.pl --check FOLDER [ROOT]   names each link that leads nowhere, and exits 1 if there is one. Absolute links start in ROOT
#
# FROM, and a TO that is not absolute, are paths from FOLDER.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Find qw(find);

my $check = @ARGV && $ARGV[0] eq '--check' && shift @ARGV;
my $root = shift @ARGV // '';
-d $root or die "links.pl: no folder `$root`; the head of this file says how to use it\n";
my $absolute = $check ? shift(@ARGV) // '' : '';
my @moved = map { [split /=/, $_, 2] } @ARGV;

# The path from the folder that a link on a page means, without `..`; undef above the folder.
sub path {
    my ($page, $link) = @_;
    my @parts;
    for my $part (split m{/}, dirname($page) . "/$link") {
        next if $part eq '' || $part eq '.';
        if ($part ne '..') { push @parts, $part }
        elsif (@parts) { pop @parts }
        else { return }
    }
    return join('/', @parts) . ($link =~ m{/$} ? '/' : '');
}

# What a link becomes: itself, another one, or undef for its text.
sub adjusted {
    my ($page, $link) = @_;
    my ($file, $anchor) = $link =~ /^([^#]*)(.*)$/;
    return $link if $file eq '' || $file =~ m{^[a-z]+:|^/};
    my $path = path($page, $file) // return;
    for (@moved) {
        my ($from, $to) = @$_;
        next unless $path eq $from || $from =~ m{/$} && index($path, $from) == 0;
        $to .= substr $path, length $from;
        return $to =~ m{^/} ? $to : '../' x ($page =~ tr{/}{}) . $to . $anchor;
    }
    return -e "$root/$path" ? $link : undef;
}

sub leads_somewhere {
    my ($page, $link) = @_;
    my ($file) = $link =~ /^([^#]*)/;
    return 1 if $file eq '' || $file =~ m{^[a-z]+:};
    return -e "$absolute$file" if $file =~ m{^/};
    my $path = path($page, $file);
    return defined $path && -e "$root/$path";
}

my (@pages, $dead);
find({ no_chdir => 1, wanted => sub { push @pages, substr $_, length($root) + 1 if /\.md$/ } }, $root);
for my $page (sort @pages) {
    open my $in, '<', "$root/$page" or die "links.pl: $page: $!\n";
    # Blocks of code stay as they are.
    my @texts = split /(^\h*```.*?^\h*```\h*$)/ms, do { local $/; <$in> };
    close $in;
    for (grep { !/^\h*```/ } @texts) {
        if ($check) {
            for my $link (/\]\(([^)\s]+)\)/g) {
                next if leads_somewhere($page, $link);
                print STDERR "$page: $link leads nowhere\n";
                $dead = 1;
            }
            next;
        }
        # Pictures first, since a picture can be the text of a link.
        for my $kind (qr/!/, qr/(?<!!)/) {
            s{($kind\[([^\[\]]*)\]\()([^)\s]+)\)}{
                my ($start, $text, $link) = ($1, $2, adjusted($page, $3));
                defined $link ? "$start$link)" : $text;
            }ge;
        }
    }
    next if $check;
    open my $out, '>', "$root/$page" or die "links.pl: $page: $!\n";
    print $out @texts or die "links.pl: $page: $!\n";
    close $out or die "links.pl: $page: $!\n";
}
exit($dead ? 1 : 0);
