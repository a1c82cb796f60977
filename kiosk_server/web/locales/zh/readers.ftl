# 换了读卡器 /staff/terminals/<编号>
staff-reader = 换了读卡器
staff-detail-baud = 波特率
staff-detail-reader = 卡槽名称
staff-reader-waiting = 这台终端换了读卡器，还没有人确认。确认以前不读卡。
staff-reader-proposed = { $name }说这台读卡器是我们的，等另一个人确认。确认以前不读卡。
staff-reader-refused = 这台读卡器没有被接受，不读卡。
staff-reader-replaced = 换回了以前用过的读卡器，要重新确认。确认以前不读卡。
staff-reader-now = 现在的安全模块
staff-reader-before = 原来确认的
staff-reader-since = 出现时间
staff-reader-second = 您已经提出，请另一位有权限的同事来确认。
staff-reader-propose = 是我们的读卡器，请别人确认
staff-reader-confirm = 我确认，开始使用
staff-reader-refuse = 不是我们的，不使用
problem-reader-changed = 读卡器又换了，请看清现在是哪一台再决定。
problem-second-person-wanted = 提出的人不能自己确认，请另一位同事来确认。
