"""Lists a partner's customers with the official SDK."""

import os
import sys

from huaweicloudsdkbss.v2 import BssClient, ListSubCustomersRequest, QuerySubCustomerListReq
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

ak, sk, domain_id = (os.environ[f"HUAWEICLOUD_SDK_{name}"] for name in ("AK", "SK", "DOMAIN_ID"))
client = (
    BssClient.new_builder()
    .with_credentials(GlobalCredentials(ak, sk, domain_id))
    .with_endpoint(os.environ.get("BSS_MOCK_URL", "https://bss.myhuaweicloud.com"))
    .build()
)
try:
    page = client.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=1)))
except ClientRequestException as refused:
    sys.exit(f"{refused.status_code} {refused.error_code} {refused.error_msg}")
print(page.count, "customers, the first is", page.customer_infos[0].account_name)
