# 离线码
problem-fields-not-in-scene = 所选内容超出了该场景可出示的范围。
problem-status-list-full = 离线码暂时领完了，请过几分钟再试。
problem-issuer-key-missing = 离线码的签发密钥还没有准备好，请稍后再试。
problem-too-many-offline-codes = 离线码领得太频繁了，请过一会儿再试。
problem-statement-not-borne-out = 请选择这份证照能证明的事。
problem-statement-asked-wrong = 请选一件事，并填好对方的网址和至少 8 位的一次性编号。
problem-too-many-presentations = 出具得太频繁了，请过一会儿再试。
