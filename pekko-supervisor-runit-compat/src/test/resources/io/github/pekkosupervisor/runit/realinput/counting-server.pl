#!/usr/bin/perl
# Listens on the unix socket named by the first argument, answers each connection with its own pid,
# and meanwhile writes a numbered line to stdout about every 10 ms.
use strict;
use warnings;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

my $path = shift;
$SIG{PIPE} = 'IGNORE';
$| = 1;
unlink $path;
my $listener = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $path, Listen => 8)
    or die "cannot listen on $path: $!\n";
my $listening = '';
vec($listening, fileno($listener), 1) = 1;

for (my $number = 1 ; ; $number++) {
    print "server $$ line $number\n";
    my $ready = $listening;
    next unless select($ready, undef, undef, 0.01) > 0;
    my $client = $listener->accept or next;
    print $client "$$\n";
    close $client;
}
