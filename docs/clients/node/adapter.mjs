// The official core package as a client under test: reads calls from its standard input, writes what came of them.
// Numbers are kept as they are written (lossless-json): a JavaScript number has fifteen digits, and amounts have more.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { GlobalCredentials } from "@huaweicloud/huaweicloud-sdk-core";
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js";
import { parse, stringify } from "lossless-json";

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true; // The SDK logs there, and only answers may be there.

const text = (value) => (Array.isArray(value) ? value.map(text) : String(value));
const texts = (values = {}) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));

async function called({ method, path, arguments: given, principal, endpoint }) {
  const client = new ClientBuilder((built) => built)
    .withCredential(new GlobalCredentials({ ak: principal.ak, sk: principal.sk }))
    .withEndpoint(endpoint.url)
    .build();
  const headers = texts(given.headers);
  const answer = {};
  // The SDK would write and read bodies with JSON.stringify and JSON.parse. It is given the text, and its hash to sign.
  const axiosRequestConfig = {
    transformResponse(body, received) {
      answer.body = body;
      answer.requestId = received["x-request-id"];
      answer.value = read(body);
      return { ...answer.value }; // A copy, as the SDK puts the status into it.
    },
  };
  if (given.body !== undefined) {
    axiosRequestConfig.data = stringify(given.body);
    headers["X-Sdk-Content-Sha256"] = createHash("sha256").update(axiosRequestConfig.data).digest("hex");
  }
  try {
    const { httpStatusCode: status } = await client.sendRequest({
      method,
      url: path,
      pathParams: texts(given.path),
      queryParams: texts(given.query),
      headers,
      contentType: "application/json",
      axiosRequestConfig,
    });
    return judged(answer, status);
  } catch (failed) {
    const { httpStatusCode: status, errorCode: code, errorMsg, requestId } = failed;
    return { error: { message: String(errorMsg ?? failed.message), status, code, request_id: requestId } };
  }
}

/** An object, null for no body, undefined for what is neither. */
function read(body) {
  try {
    return !body ? null : /^\s*\{/.test(body) ? parse(body) : undefined;
  } catch {
    return undefined;
  }
}

/** What has the status of success: an error all the same, if it says so or cannot be read. */
function judged({ body, value, requestId }, status) {
  const { error_code: code, error_msg: message } = value ?? {};
  const error = (words, code) => ({ error: { message: words, status, code, request_id: requestId } });
  if (value === undefined) return error(`no JSON object: ${body.slice(0, 200)}`);
  if (value === null && status !== 204) return error("an answer without a body");
  return code && code !== "CBC.0000" ? error(String(message), code) : { result: value, status };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { hello, id, call, bye } = parse(line);
  if (bye) break;
  const said = hello ? { offer: { protocol: 1, name: "node-sdk-core" } } : { id, ...(await called(call)) };
  write(`${stringify(said)}\n`);
}
