# 屏幕旁边的通知：技术人员的话，和机器要重启前的最后一分钟
beside-maintenance-soon = 这台机器稍后检修，请优先使用附近的机器。
beside-paper-coming = 纸快用完了，工作人员马上来加。
beside-line-slow = 网络较慢，请多等一会儿。
beside-use-another = 请使用旁边的机器。
beside-window-open = 窗口也可以办理。
beside-closing = 这台机器要重新启动，还有 { $seconds } 秒。已经提交的都已保存。
