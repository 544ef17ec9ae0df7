<?php
/** Requests signed with SDK-HMAC-SHA256, as the official SDKs sign theirs. */
final class Signing
{
    private const HEADERS = 'content-type;host;x-sdk-date';

    public function __construct(private string $endpoint, private string $ak, private string $sk)
    {
    }

    /**
     * The URL and headers of a request. Path and query as they are, not percent-encoded; an empty body is none.
     *
     * @param list<array{string, string}> $query
     * @return array{string, list<string>}
     */
    public function request(string $method, string $path, array $query, string $body): array
    {
        $now = gmdate('Ymd\THis\Z');
        $path = implode('/', array_map('rawurlencode', explode('/', $path)));
        usort($query, fn ($a, $b) => strcmp($a[0], $b[0]) ?: strcmp($a[1], $b[1]));
        $query = implode('&', array_map(fn ($one) => rawurlencode($one[0]) . '=' . rawurlencode($one[1]), $query));
        $canonical = implode("\n", [
            $method,
            rtrim($path, '/') . '/',
            $query,
            'content-type:application/json',
            'host:' . explode('://', $this->endpoint)[1],
            "x-sdk-date:$now",
            '',
            self::HEADERS,
            hash('sha256', $body),
        ]);
        $signature = hash_hmac('sha256', "SDK-HMAC-SHA256\n$now\n" . hash('sha256', $canonical), $this->sk);
        return [$this->endpoint . $path . ($query === '' ? '' : "?$query"), [
            'Content-Type: application/json',
            "X-Sdk-Date: $now",
            "Authorization: SDK-HMAC-SHA256 Access=$this->ak, SignedHeaders=" . self::HEADERS . ", Signature=$signature",
        ]];
    }
}
