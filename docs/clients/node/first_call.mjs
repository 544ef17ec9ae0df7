// Lists a partner's customers, or makes the call that is named: METHOD PATH [NAME=VALUE ...] [JSON].
import { GlobalCredentials } from "@huaweicloud/huaweicloud-sdk-core";
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js";

const { env, argv } = process;

const client = new ClientBuilder((built) => built)
  .withCredential(new GlobalCredentials({ ak: env.HUAWEICLOUD_SDK_AK, sk: env.HUAWEICLOUD_SDK_SK }))
  .withEndpoint(env.BSS_MOCK_URL || "https://bss.myhuaweicloud.com")
  .withProxyAgent(env.BSS_MOCK_URL ? undefined : env.HTTPS_PROXY) // the SDK itself does not look for a proxy
  .build();

const call = argv.length > 2 ? argv.slice(2) : ["POST", "/v2/partners/sub-customers/query", '{"limit": 1}'];
const [method, url, ...rest] = call;
const queryParams = {};
let data;
for (const argument of rest) {
  const [, name, value] = argument.match(/^([^{=]+)=(.*)$/s) ?? [];
  if (name === undefined) data = JSON.parse(argument);
  else queryParams[name] = name in queryParams ? [queryParams[name], value].flat() : value;
}

try {
  const contentType = "application/json";
  const answer = await client.sendRequest({ method, url, queryParams, data, contentType, pathParams: {}, headers: {} });
  const { httpStatusCode, ...body } = answer;
  console.log(httpStatusCode, JSON.stringify(body));
} catch (refused) {
  if (!refused.httpStatusCode) throw refused;
  console.log(refused.httpStatusCode, JSON.stringify({ error_code: refused.errorCode, error_msg: refused.errorMsg }));
  process.exitCode = 1;
}
