import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lists a partner's customers, or makes the call that is named: METHOD PATH [NAME=VALUE ...] [JSON]. */
class FirstCall {
    private static final String[] LIST_SUB_CUSTOMERS = {"POST", "/v2/partners/sub-customers/query", "{\"limit\": 1}"};

    public static void main(String[] arguments) throws Exception {
        String[] call = arguments.length > 0 ? arguments : LIST_SUB_CUSTOMERS;
        List<Signing.Parameter> query = new ArrayList<>();
        String body = "";
        for (String argument : List.of(call).subList(2, call.length)) {
            if (argument.startsWith("{")) {
                body = argument;
            } else {
                String[] parts = argument.split("=", 2);
                query.add(new Signing.Parameter(parts[0], parts[1]));
            }
        }
        Map<String, String> environment = System.getenv();
        Signing signing = new Signing(
                environment.getOrDefault("BSS_MOCK_URL", "https://bss.myhuaweicloud.com"),
                environment.get("HUAWEICLOUD_SDK_AK"),
                environment.get("HUAWEICLOUD_SDK_SK"));
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(signing.request(call[0], call[1], query, body), HttpResponse.BodyHandlers.ofString());
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println(answer.statusCode() + " " + answer.body());
        System.exit(answer.statusCode() < 400 ? 0 : 1);
    }
}
