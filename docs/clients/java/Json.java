import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes JSON apart and leaves each value the text that it is, so that no digit of a number can be lost. */
final class Json {
    private static final Pattern WORD = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?|true|false|null");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u(\\p{XDigit}{4})|([\"\\\\/bfnrt]))");

    private final String json;
    private int at;

    private Json(String json) {
        this.json = json;
    }

    /** The members of an object; what is none is an {@link IllegalArgumentException}. */
    static Map<String, String> members(String json) {
        Json reader = new Json(json);
        Map<String, String> members = new LinkedHashMap<>();
        reader.whole('{', '}', () -> {
            String name = reader.taken(reader::string);
            reader.expect(':');
            members.put(text(name), reader.taken(reader::value));
        });
        return members;
    }

    static List<String> elements(String json) {
        Json reader = new Json(json);
        List<String> elements = new ArrayList<>();
        reader.whole('[', ']', () -> elements.add(reader.taken(reader::value)));
        return elements;
    }

    /** A text without its quotes and escapes; anything else as it is written. */
    static String text(String value) {
        if (!value.startsWith("\"")) {
            return value;
        }
        return ESCAPE.matcher(value.substring(1, value.length() - 1)).replaceAll(escape -> {
            String meant = escape.group(1) != null
                    ? String.valueOf((char) Integer.parseInt(escape.group(1), 16))
                    : String.valueOf("\"\\/\b\f\n\r\t".charAt("\"\\/bfnrt".indexOf(escape.group(2))));
            return Matcher.quoteReplacement(meant);
        });
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char one : text.toCharArray()) {
            quoted.append(one < ' ' || one == '"' || one == '\\' ? String.format("\\u%04x", (int) one) : one);
        }
        return quoted.append('"').toString();
    }

    private void whole(char first, char last, Runnable item) {
        list(first, last, item);
        space();
        check(at == json.length());
    }

    private void list(char first, char last, Runnable item) {
        expect(first);
        if (found(last)) {
            return;
        }
        do {
            item.run();
        } while (found(','));
        expect(last);
    }

    private void value() {
        switch (next()) {
            case '{' -> list('{', '}', () -> {
                taken(this::string);
                expect(':');
                value();
            });
            case '[' -> list('[', ']', this::value);
            case '"' -> string();
            default -> match(WORD);
        }
    }

    private void string() {
        expect('"');
        while (at < json.length() && json.charAt(at) != '"') {
            check(json.charAt(at) >= ' ');
            if (json.charAt(at) == '\\') {
                match(ESCAPE);
            } else {
                at++;
            }
        }
        check(at++ < json.length());
    }

    private void match(Pattern wanted) {
        Matcher matcher = wanted.matcher(json).region(at, json.length());
        check(matcher.lookingAt());
        at = matcher.end();
    }

    private String taken(Runnable value) {
        space();
        int from = at;
        value.run();
        return json.substring(from, at);
    }

    /** The character after blanks; NUL at the end. */
    private char next() {
        space();
        return at < json.length() ? json.charAt(at) : '\0';
    }

    private boolean found(char wanted) {
        boolean found = next() == wanted;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char wanted) {
        check(found(wanted));
    }

    private void space() {
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
    }

    private void check(boolean fine) {
        if (!fine) {
            throw new IllegalArgumentException("no JSON at " + at);
        }
    }
}
