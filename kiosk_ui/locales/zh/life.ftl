# Services of everyday life: what there is, who answers for it, the way on (P47).
row-life = 便民服务
outcome-life = 水电气热缴费、邮政、公证、法律援助
life-title = 便民服务，要办哪一样？
life-lead = 不用登录，不看证件。谁来办、谁负责，都写在里面。
life-bills = 在这里查欠费、缴费。报装、报修找经营单位。
life-notary = 证明遗嘱、委托、合同和事实。可以预约到窗口问。
life-legal-aid = 请不起律师，可以申请免费的法律帮助。
life-post = 寄信、寄包裹，去邮政网点，也可以请人上门取。
life-telecom = 补卡、查名下电话卡、报修，找您的电信企业。
life-book = 预约到窗口
life-pay = 去缴费
life-where = 窗口在哪、打印指南
life-all = 看全部
fact-answers = 谁负责
fact-basis = 依据
fact-site = 官方网站
decision-legal-aid = 不服？法律援助免费
