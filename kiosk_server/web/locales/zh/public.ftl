# 首页与核验页 / 和 /v/
public-product = 政务自助服务
public-languages = 语言
public-help = 需要帮助，请打 { $phone }。
public-home-title = 政务自助服务系统
public-home-lead = 自助终端打印的每份证明，都可以在这里查真伪。
public-home-verify = 查一份证明的真伪
public-home-staff = 工作人员登录
public-home-terminal = 办事页面只在自助终端上打开，请到就近的终端办理。

verify-entry-title = 查证明的真伪
verify-entry-lead = 扫纸上的二维码最快。扫不了，就输入二维码旁边的核验码。
verify-entry-code = 核验码（26 位，字母不分大小写）
verify-entry-go = 查一查
verify-entry-note = 数字 0 和字母 O、数字 1 和字母 I 可以混着写，空格和横线可以不写。
verify-entry-fault = 核验码应是 26 位数字和字母，请对照纸上再看一遍。

verify-genuine-title = 这份证明是真的
verify-genuine-lead = 码是真的。请再看纸上的内容与这里是否一样：不一样，就是被改过。
verify-genuine-document-title = 这份文件是真的
verify-genuine-document-lead = 您给的文件与出具的一字不差。
verify-unknown-title = 查不到这份证明
verify-unknown-lead = 没有出具过这个码的证明。如果是手工输入，请对照纸上再输一遍；如果是扫码，请不要相信这张纸。
verify-altered-title = 这个码被改动过
verify-altered-lead = 码里的校验不对，请不要相信这张纸。
verify-altered-document-title = 这份文件不是出具的那份
verify-altered-document-lead = 您给的文件与出具的不一样，可能被改过，或者是扫描件、照片。请不要只凭它办事。
verify-revoked-title = 这份证明已经作废
verify-revoked-lead = 它出具过，后来由出具机关作废了，不能再用。
verify-expired-title = 这份证明已经过期
verify-expired-lead = 它是真的，但过了有效期，请让本人重新打印一份。
verify-sample = 样张：内容是模拟数据，不作证明使用。

verify-kind = 证明
verify-issuer = 出具机关
verify-number = 编号
verify-issued-on = 出具日期
verify-valid-until = 有效期至
verify-holder = 持有人
verify-good-for = 用途范围
verify-no-seal = 未加盖电子印章
verify-revoked-for = 作废原因
verify-revoked-record-corrected = 登记内容更正了
verify-revoked-issued-in-error = 出具有误
verify-revoked-obtained-by-deceit = 以不正当方式取得
verify-revoked-replaced = 已换发新的

verify-look = 显示内容，与纸上逐项对照
verify-look-note = 点开后会记下“有人核验过”，让持有人知道；不记您是谁、在哪里。
verify-compare-title = 请与纸上逐项对照
verify-compare-note = 有一项不一样，就是被改过，请不要接受。
verify-document = 有电子文件？选 PDF 比对（不保存，最大 5 MB）
verify-document-go = 比对文件
verify-document-no-pdf = 请选一个 PDF 文件。
verify-another = 查另一份

# 凭条上的评价码 /r/
rate-title = 这次办得怎么样？
rate-lead = 点一个。不评也可以，评什么都不影响您办事。
rate-tags-title = 想多说一句吗？
rate-tags = 可以不选
rate-text = 想说的话（可不写，最多 { $longest } 字）
rate-fault = 写得太长了，或者选项不对。最多 { $longest } 字。
rate-send = 提交评价
rate-note = 评价不记您的姓名和号码，工作人员看不到是谁评的。提交后不能改。
rate-other-level = 换一个评价
rate-done-title = 评价收到了，谢谢
rate-done-lead = 每次办事只评一次，这次已经评好了。
rate-home = 回到首页
problem-rating-link-unknown = 这个评价码不对，或者已经过了 30 天。
