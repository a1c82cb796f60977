## 办理结果：自己打印、窗口领取、寄递

m-told-result-print-it = “{ $name }”已缴费：24 小时内，持身份证到任一自助终端打印；到时没有打印，费用自动退回
m-told-result-collect = “{ $name }”：您选择到这里领取办理结果，请带上身份证
m-told-result-money-back = “{ $name }”的纸质结果没有取走，费用已开始按原路退回

problem-result-missing = 这件事现在还没有可以领取的纸质结果。
problem-result-gone = 纸质结果已经打印、领取或交给快递，不能再改了。
problem-fee-unpaid = 请先缴费，再打印或领取。
problem-still-printing = 正在打印，请等一会儿再试。
problem-nothing-to-return = 没有可以退回的费用。
