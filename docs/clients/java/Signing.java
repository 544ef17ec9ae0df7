import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Requests signed with SDK-HMAC-SHA256, as the official SDKs sign theirs. Needs nothing but the JDK. */
record Signing(String endpoint, String ak, String sk) {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
    private static final String HEADERS = "content-type;host;x-sdk-date";

    record Parameter(String name, String value) {}

    /** Path and query as they are, not percent-encoded; an empty body is none. */
    HttpRequest request(String method, String path, List<Parameter> query, String body) throws GeneralSecurityException {
        String now = ZonedDateTime.now(ZoneOffset.UTC).format(DATE);
        String encodedPath = Arrays.stream(path.split("/", -1)).map(Signing::encoded).collect(Collectors.joining("/"));
        String encodedQuery = query.stream()
                .sorted(Comparator.comparing(Parameter::name).thenComparing(Parameter::value))
                .map(one -> encoded(one.name()) + "=" + encoded(one.value()))
                .collect(Collectors.joining("&"));
        String canonical = String.join("\n",
                method,
                encodedPath.endsWith("/") ? encodedPath : encodedPath + "/",
                encodedQuery,
                "content-type:application/json",
                "host:" + URI.create(endpoint).getAuthority(),
                "x-sdk-date:" + now,
                "",
                HEADERS,
                sha256(body));
        String signature = hmac("SDK-HMAC-SHA256\n" + now + "\n" + sha256(canonical));
        return HttpRequest.newBuilder(URI.create(endpoint + encodedPath + (query.isEmpty() ? "" : "?" + encodedQuery)))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("X-Sdk-Date", now)
                .header("Authorization", "SDK-HMAC-SHA256 Access=" + ak + ", SignedHeaders=" + HEADERS + ", Signature=" + signature)
                .build();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    private static String sha256(String text) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String hmac(String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(sk.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
