# cases: 108
# programs: svlogd
# needs: perl
. "$CONFORMANCE_LIB"
for_both_users

# receive: prints what comes by UDP until a datagram ends the day; PORT is where.
receive() {
    rm -f port datagrams
    perl -e '
        use IO::Socket::INET;
        my $socket = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1", LocalPort => 0) or die;
        open my $file, ">", "port.new"; print $file $socket->sockport; close $file; rename "port.new", "port";
        while ($socket->recv(my $data, 65535)) { print "[$data]"; last if $data =~ /end/ }' >datagrams 2>&1 &
    RECEIVER=$!
    await 10 '[ -s port ]'
    PORT=$(cat port)
}

for prefix in '# no prefix' 'pPRE: '; do
for letter in u U; do
    title 108 "$letter, $prefix"
    receive
    log_directory "$letter" "${prefix}
${letter}127.0.0.1:$PORT"
    log_through 'one\n0123456789012\n-end\n' -tt -l 10 -b 64 "$letter"
    await 10 'ended $RECEIVER'
    stamps <datagrams
    echo
    content "$letter/current"
    rm -r "$letter"
done
done
title 108 'what cannot be sent is said so'
log_directory b 'u255.255.255.255:9
pPRE: '
log_through 'one\n0123456789012\n' -tt -l 10 -b 64 b
content b/current
log_directory v 'U255.255.255.255:9'
log_through 'one\n' v
content v/current
title 108 'addresses that are none'
log_directory w 'ubad
u1.2.3.4:
u1.2.3.4:0
u1.2.3'
log_through 'one\n' w
content w/current
log_directory x 'Ubad'
log_through 'one\n' x
files x
