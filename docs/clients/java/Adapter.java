import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A client under test: reads calls from its standard input, writes what came of them. Bodies stay the text they are. */
class Adapter {
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Map<String, String> message = Json.members(line);
            if (message.containsKey("bye")) {
                return;
            }
            answers.println(message.containsKey("hello")
                    ? "{\"offer\":{\"protocol\":1,\"name\":\"java\"}}"
                    : "{\"id\":" + message.get("id") + "," + called(Json.members(message.get("call"))) + "}");
        }
    }

    private static String called(Map<String, String> call) throws Exception {
        Map<String, String> given = Json.members(call.get("arguments"));
        Map<String, String> principal = Json.members(call.get("principal"));
        String path = Json.text(call.get("path"));
        for (Map.Entry<String, String> one : members(given, "path").entrySet()) {
            path = path.replace("{" + one.getKey() + "}", Json.text(one.getValue()));
        }
        List<Signing.Parameter> query = new ArrayList<>();
        members(given, "query").forEach((name, value) -> {
            List<String> values = value.startsWith("[") ? Json.elements(value) : List.of(value);
            values.forEach(one -> query.add(new Signing.Parameter(name, Json.text(one))));
        });
        Signing signing = new Signing(
                Json.text(Json.members(call.get("endpoint")).get("url")),
                Json.text(principal.get("ak")),
                Json.text(principal.get("sk")));
        HttpRequest signed = signing.request(Json.text(call.get("method")), path, query, given.getOrDefault("body", ""));
        HttpRequest.Builder request = HttpRequest.newBuilder(signed, (name, value) -> true);
        members(given, "headers").forEach((name, value) -> request.header(name, Json.text(value)));
        try {
            return read(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException lost) {
            return error("no answer: " + lost, "null", "null", "null");
        }
    }

    /** An error is what does not have the status of success, what has an error code in spite of it, and what is no JSON. */
    private static String read(HttpResponse<String> answer) {
        int status = answer.statusCode();
        String id = answer.headers().firstValue("X-Request-Id").map(Json::quoted).orElse("null");
        String body = answer.body();
        if (body.isEmpty() && status == 204) {
            return "\"result\":null,\"status\":204";
        }
        Map<String, String> value;
        try {
            value = Json.members(body);
        } catch (IllegalArgumentException unreadable) {
            return error("no JSON object: " + body.substring(0, Math.min(200, body.length())), status + "", "null", id);
        }
        String code = value.getOrDefault("error_code", "null");
        if (status >= 400 || !List.of("null", "\"\"", "\"CBC.0000\"").contains(code)) {
            String words = Json.text(value.getOrDefault("error_msg", "status " + status));
            return error(words, status + "", code.equals("null") ? code : Json.quoted(Json.text(code)), id);
        }
        // A line break in JSON is never inside a text.
        return "\"result\":" + body.replaceAll("[\r\n]", " ") + ",\"status\":" + status;
    }

    private static String error(String message, String status, String code, String requestId) {
        return "\"error\":{\"message\":" + Json.quoted(message) + ",\"status\":" + status + ",\"code\":" + code
                + ",\"request_id\":" + requestId + "}";
    }

    private static Map<String, String> members(Map<String, String> given, String place) {
        return Json.members(given.getOrDefault(place, "{}"));
    }
}
