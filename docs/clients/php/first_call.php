<?php
/** Lists a partner's customers, or makes the call that is named: METHOD PATH [NAME=VALUE ...] [JSON]. */
require __DIR__ . '/signing.php';

$call = array_slice($argv, 1) ?: ['POST', '/v2/partners/sub-customers/query', '{"limit": 1}'];
$query = [];
$body = '';
foreach (array_slice($call, 2) as $argument) {
    if (str_starts_with($argument, '{')) {
        $body = $argument;
    } else {
        $query[] = explode('=', $argument, 2);
    }
}
$endpoint = getenv('BSS_MOCK_URL') ?: 'https://bss.myhuaweicloud.com';
$signing = new Signing($endpoint, getenv('HUAWEICLOUD_SDK_AK'), getenv('HUAWEICLOUD_SDK_SK'));
[$url, $headers] = $signing->request($call[0], $call[1], $query, $body);

$curl = curl_init($url);
curl_setopt_array($curl, [CURLOPT_CUSTOMREQUEST => $call[0], CURLOPT_HTTPHEADER => $headers, CURLOPT_RETURNTRANSFER => true]);
if ($body !== '') {
    curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
}
$answer = curl_exec($curl);
if ($answer === false) {
    fwrite(STDERR, curl_error($curl) . "\n");
    exit(2);
}
$status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
echo "$status $answer\n";
exit($status < 400 ? 0 : 1);
