# Problems told on pages that no surface words more closely.
problem-internal = 这里出了差错，没有办成。您的资料没有丢，请再试一次。
problem-invalid = 有的内容没有填对，请看标出来的地方。
problem-not-found = 没有找到这一页。
problem-refused = 这里不能这样办。
problem-conflict = 现在的状态不能这样办，请回到上一步看看。
problem-wrong-state = 这一步已经办过了，或者还没有到。
problem-too-many = 试的次数太多了，请过一会儿再试。
problem-unavailable = 需要的系统现在没有应答，请稍后再试。
problem-bad-request = 发来的内容读不懂，请重新开始这一步。
problem-method-not-allowed = 这个地址不能这样用。
problem-too-large = 文件太大了。
problem-media-type-unknown = 这种文件这里读不了。
problem-form-expired = 这一页开得太久，已经失效。请回到上一页重新打开。
problem-sign-in-needed = 请先登录。
problem-what-next = 需要帮助，请打 { $phone }。
problem-reference = 报修时请说这个编号：
problem-way-out = 回到首页
