# 离线码
problem-fields-not-in-scene = 所选内容超出了该场景可出示的范围。
problem-status-list-full = 离线码暂时领完了，请过几分钟再试。
problem-issuer-key-missing = 离线码的签发密钥还没有准备好，请稍后再试。
problem-too-many-offline-codes = 离线码领得太频繁了，请过一会儿再试。
