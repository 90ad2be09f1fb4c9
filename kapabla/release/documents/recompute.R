# Recompute every number of the evaluation in R from the files beside this one: Rscript recompute.R [NAME ...]
#
# Reads data_long.csv and evaluation.csv, which says of each number which columns it comes from, whom it leaves out, and
# what is done; no code of ours is used. Base R does all but the mixed models (lme4, lmerTest; pbkrtest for a stepped
# wedge) and multiple imputation, which draws at random: what is not recomputed says so, and why. Prints JSON.
#
# A SOURCE is a place in the release: se_mean@t1 is a column at a wave, arm what is the same at every wave, *@t1 whether
# there is a row. a|b: the first that is known. x@t0b[arm=waitlist]: of that arm alone. a-b: the difference. ?a: 1 where
# it is known, else 0. a==2: 1 where it is 2. a>0: 1 where it is more than none.

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
here <- if (length(script)) dirname(normalizePath(script)) else "."
asked <- commandArgs(TRUE)
table_of <- function(name) {
  read.csv(file.path(here, name), colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8")
}
data <- table_of("data_long.csv")
figures <- table_of("evaluation.csv")
figures[is.na(figures)] <- ""
people <- sort(unique(data$record_id), method = "radix")
unknown <- setdiff(asked, figures$name)
if (length(unknown)) {
  message("No such number: ", paste(sort(unknown), collapse = ", "), ". The names stand in evaluation.csv.")
  quit(status = 1)
}
if (length(asked)) {
  needed <- unlist(strsplit(sub("^p=", "", figures$options[figures$name %in% asked & figures$command == "adjust"]), ","))
  figures <- figures[figures$name %in% c(asked, needed), ]
}

# --- Columns ---

level <- function(text) sub("^([+-]?[0-9]+)[.,]0+$", "\\1", text)

place <- function(text) {
  found <- regmatches(text, regexec("^([^@\\[]+)(@([^\\[]+))?(\\[([^=]+)=([^]]+)\\])?$", text))[[1]]
  column <- if (found[2] == "*") "record_id" else found[2]
  rows <- data[nchar(found[4]) == 0 | data$wave == found[4], , drop = FALSE]
  rows <- rows[!is.na(rows[[column]]), , drop = FALSE]
  values <- level(rows[[column]][match(people, rows$record_id)])
  if (nchar(found[6])) {
    group <- place(found[6])
    values[is.na(group) | group != found[7]] <- NA
  }
  values
}

first_of <- function(text) {
  Reduce(function(a, b) ifelse(is.na(a), b, a), lapply(strsplit(text, "|", fixed = TRUE)[[1]], place))
}

is_number <- function(values) !any(is.na(suppressWarnings(as.numeric(values[!is.na(values)]))))

values_of <- function(text) {
  if (startsWith(text, "?")) return(as.numeric(!is.na(first_of(substring(text, 2)))))
  if (grepl("==", text, fixed = TRUE)) {
    sides <- strsplit(text, "==", fixed = TRUE)[[1]]
    return(as.numeric(first_of(sides[1]) == sides[2]))
  }
  if (endsWith(text, ">0")) return(as.numeric(as.numeric(first_of(sub(">0$", "", text))) > 0))
  sides <- strsplit(text, "-", fixed = TRUE)[[1]]
  found <- first_of(sides[1])
  if (length(sides) == 2) return(as.numeric(found) - as.numeric(first_of(sides[2])))
  if (is_number(found) && !all(is.na(found))) as.numeric(found) else found
}

split_by <- function(text, by) if (nchar(text)) strsplit(text, by, fixed = TRUE)[[1]] else character()

named <- function(text, by) {
  parts <- regmatches(split_by(text, by), regexpr("=", split_by(text, by)), invert = TRUE)
  stats::setNames(lapply(parts, `[`, 2), vapply(parts, `[`, "", 1))
}

frame_of <- function(figure) {
  keep <- rep(TRUE, length(people))
  for (rule in split_by(figure$without, ";")) {
    sides <- strsplit(rule, "!=", fixed = TRUE)[[1]]
    values <- first_of(sides[1])
    keep <- keep & (is.na(values) | values != sides[2])
  }
  for (source in split_by(figure$only, ";")) keep <- keep & !is.na(first_of(source))
  columns <- named(figure$columns, ";")
  block <- function(columns) {
    found <- lapply(columns, function(source) values_of(source)[keep])
    data.frame(person = people[keep], found, check.names = FALSE, stringsAsFactors = FALSE)
  }
  parts <- regmatches(figure$parts, gregexpr("[^{};]+\\{[^}]*\\}", figure$parts))[[1]]
  if (!length(parts)) return(block(columns))
  do.call(rbind, lapply(parts, function(part) {
    found <- block(c(columns, named(sub("^[^{]*\\{(.*)\\}$", "\\1", part), ",")))
    cbind(found, time = rep(sub("\\{.*$", "", part), nrow(found)))
  }))
}

people_in <- function(frame, optional) {
  needed <- frame[, setdiff(names(frame), optional), drop = FALSE]
  length(unique(frame$person[stats::complete.cases(needed)]))
}

complete <- function(frame, columns) frame[stats::complete.cases(frame[, columns, drop = FALSE]), , drop = FALSE]

# --- Numbers ---

z <- qnorm(0.975)
hedges_j <- function(m) exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2))

wilson <- function(x, n) {
  p <- x / n
  centre <- (p + z^2 / (2 * n)) / (1 + z^2 / n)
  reach <- z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2)) / (1 + z^2 / n)
  c(if (x == 0) 0 else centre - reach, if (x == n) 1 else centre + reach)
}

noncentralities <- function(t, df) {
  at <- function(share) {
    off <- function(ncp) suppressWarnings(pt(t, df, ncp)) - share
    stats::uniroot(off, c(t - 10, t + 10), tol = 1e-13, extendInt = "downX")$root
  }
  c(at(0.975), at(0.025))
}

t_interval <- function(estimate, se, df) estimate + c(-1, 1) * qt(0.975, df) * se
t_p <- function(t, df) 2 * pt(-abs(t), df)

proportion <- function(frame, options) {
  yes <- frame$yes[!is.na(frame$yes)]
  list(x = sum(yes), p = mean(yes), wilson = wilson(sum(yes), length(yes)))
}

difference <- function(d) {
  n <- length(d)
  se <- sd(d) / sqrt(n)
  list(mean_diff = mean(d), sd_diff = sd(d), ci = t_interval(mean(d), se, n - 1), p = t_p(mean(d) / se, n - 1),
       t = mean(d) / se)
}

signed_rank <- function(d) {
  d <- round(d, 10)
  d <- d[d != 0]
  ranks <- rank(abs(d))
  plus <- sum(ranks[d > 0])
  minus <- sum(ranks[d < 0])
  list(w_plus = plus, p_exact = if (length(d) && length(d) <= 200) exact(round(2 * ranks), 2 * plus),
       rank_biserial = (plus - minus) / (plus + minus))
}

exact <- function(doubled, plus) {
  ways <- 1
  for (rank in doubled) ways <- (c(ways, rep(0, rank)) + c(rep(0, rank), ways)) / 2
  sums <- seq_along(ways) - 1
  min(1, sum(ways[abs(sums - sum(doubled) / 2) >= abs(plus - sum(doubled) / 2) - 1e-9]))
}

paired <- function(frame, options) {
  frame <- complete(frame, c("pre", "post"))
  d <- frame$post - frame$pre
  n <- length(d)
  test <- difference(d)
  spread <- sqrt((var(frame$pre) + var(frame$post)) / 2)
  limits <- noncentralities(test$t, n - 1)
  rounded <- round(d, 10)
  c(test, list(
    pre = list(mean = mean(frame$pre)), post = list(mean = mean(frame$post)), n_improved = sum(rounded > 0),
    n_declined = sum(rounded < 0), wilcoxon = signed_rank(d),
    effect = list(
      d_z = mean(d) / sd(d), d_z_ci = limits / sqrt(n), g_av = hedges_j(n - 1) * mean(d) / spread,
      g_av_ci = hedges_j(n - 1) * limits * sd(d) / (spread * sqrt(n)))))
}

responseshift <- function(frame, options) {
  frame <- complete(frame, c("pre", "post", "then"))
  list(unadjusted = difference(frame$post - frame$pre), then_adjusted = difference(frame$post - frame$then),
       response_shift = difference(frame$then - frame$pre))
}

independent <- function(frame, options) {
  frame <- complete(frame, c(options$y, options$group))
  groups <- split(frame[[options$y]], level(as.character(frame[[options$group]])))
  first <- groups[[options$reference]]
  other <- groups[[setdiff(names(groups), options$reference)]]
  welch <- t.test(other, first)
  n <- c(length(first), length(other))
  pooled <- sqrt(((n[1] - 1) * var(first) + (n[2] - 1) * var(other)) / (sum(n) - 2))
  d <- (mean(other) - mean(first)) / pooled
  half <- sqrt(1 / n[1] + 1 / n[2])
  j <- hedges_j(sum(n) - 2)
  list(
    mean_diff = mean(other) - mean(first), welch = list(ci = as.numeric(welch$conf.int), p = welch$p.value),
    groups = lapply(groups, function(values) list(n = length(values), mean = mean(values), sd = sd(values))),
    effect = list(d_s = d, g_s = j * d, g_s_ci = j * half * noncentralities(d / half, sum(n) - 2)))
}

# Random groups, moments over n but for the sd; var = s_y^2 sum of (1 + skewness z + (kurtosis - 1) z^2 / 4) / n.
equate <- function(frame, options) {
  frame <- complete(frame, c(options$score, options$form))
  groups <- split(frame[[options$score]], level(as.character(frame[[options$form]])))
  first <- groups[[options$reference]]
  other <- groups[[setdiff(names(groups), options$reference)]]
  central <- function(values, power) mean((values - mean(values))^power)
  of <- function(values, z) (1 + central(values, 3) / central(values, 2)^1.5 * z +
    (central(values, 4) / central(values, 2)^2 - 1) * z^2 / 4) / length(values)
  scores <- seq(as.numeric(options$minimum), as.numeric(options$maximum))
  slope <- sd(first) / sd(other)
  equated <- lapply(scores, function(score) {
    z <- (score - mean(other)) / sd(other)
    linear <- mean(first) + sd(first) * z
    list(linear = linear, linear_ci = linear + c(-1, 1) * qnorm(0.975) * sd(first) * sqrt(of(first, z) + of(other, z)))
  })
  list(linear = list(slope = slope, intercept = mean(first) - slope * mean(other)),
       scores = stats::setNames(equated, as.character(scores)))
}

bootstrap <- function(frame, options) stop("the bootstrap draws at random: see recompute.py", call. = FALSE)

# --- Models ---

pairs_of <- function(text) {
  parts <- strsplit(split_by(text, ","), ":", fixed = TRUE)
  stats::setNames(lapply(parts, `[`, 2), vapply(parts, `[`, "", 1))
}

# A factor with its reference first, the other levels sorted, and its coefficients called as ours: time[after].
as_factors <- function(frame, factors, reference) {
  for (name in factors) {
    levels <- sort(unique(frame[[name]][!is.na(frame[[name]])]), method = "radix")
    first <- if (is.null(reference[[name]])) levels[1] else reference[[name]]
    frame[[name]] <- factor(frame[[name]], c(first, setdiff(levels, first)), paste0("[", c(first, setdiff(levels, first)), "]"))
  }
  frame
}

backticked <- function(formula) gsub("([A-Za-z_][A-Za-z0-9_]*)", "`\\1`", formula)

ancova <- function(frame, options) {
  covariates <- split_by(if (is.null(options$covariates)) "" else options$covariates, ",")
  frame <- complete(frame, c(options$pre, options$post, options$group, covariates))
  frame <- as_factors(frame, options$group, pairs_of(options$reference))
  terms <- paste(c(options$pre, options$group, sort(covariates)), collapse = "+")
  fit <- lm(stats::as.formula(paste(options$post, "~", terms)), frame)
  found <- summary(fit)$coefficients
  x <- model.matrix(fit)
  bread <- solve(crossprod(x))
  robust <- sqrt(diag(bread %*% crossprod(x * (resid(fit) / (1 - hatvalues(fit)))) %*% bread))
  rows <- lapply(seq_len(nrow(found)), function(row) {
    estimate <- found[row, 1]
    list(estimate = estimate, ci = t_interval(estimate, found[row, 2], fit$df.residual), p = found[row, 4],
         ci_hc3 = t_interval(estimate, robust[row], fit$df.residual),
         p_hc3 = t_p(estimate / robust[row], fit$df.residual))
  })
  list(coefficients = stats::setNames(rows, gsub("`", "", rownames(found))))
}

did <- function(frame, options) {
  frame <- complete(frame, c(options$outcome, options$time, options$group, options$cluster))
  frame <- as_factors(frame, c(options$time, options$group), pairs_of(options$reference))
  x <- model.matrix(stats::as.formula(paste("~", options$time, "*", options$group)), frame)
  bread <- solve(crossprod(x))
  estimates <- drop(bread %*% crossprod(x, frame[[options$outcome]]))
  left <- frame[[options$outcome]] - drop(x %*% estimates)
  apart <- diag(nrow(x)) - x %*% bread %*% t(x)
  row <- bread[4, ]
  parts <- lapply(split(seq_len(nrow(x)), frame[[options$cluster]]), function(rows) {
    own <- eigen(apart[rows, rows, drop = FALSE], symmetric = TRUE)
    root <- ifelse(own$values > 1e-10, 1 / sqrt(pmax(own$values, 1e-300)), 0)
    half <- own$vectors %*% (root * t(own$vectors))
    weights <- drop(half %*% x[rows, , drop = FALSE] %*% row)
    list(score = sum(weights * left[rows]), spread = apart[, rows, drop = FALSE] %*% weights)
  })
  se <- sqrt(sum(vapply(parts, function(part) part$score^2, 0)))
  inner <- crossprod(do.call(cbind, lapply(parts, `[[`, "spread")))
  df <- sum(diag(inner))^2 / sum(inner^2)
  list(estimate = estimates[[4]],
       cr2 = list(ci = t_interval(estimates[[4]], se, df), p = t_p(estimates[[4]] / se, df)))
}

tight <- function() {
  lme4::lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e6), check.conv.singular = "ignore")
}

mixed <- function(frame, options) {
  for (package in c("lme4", "lmerTest")) if (!requireNamespace(package, quietly = TRUE)) stop("needs ", package, call. = FALSE)
  factors <- split_by(options$factors, ",")
  cluster <- options$cluster
  frame <- complete(frame, c(options$outcome, intersect(all.vars(stats::as.formula(paste("~", options$fixed))), names(frame)),
                             options$id, cluster))
  frame <- as_factors(frame, factors, pairs_of(options$reference))
  random <- if (is.null(cluster)) "(1|person)" else sprintf("(1|%s) + (1|%s:person)", cluster, cluster)
  fit <- suppressMessages(lmerTest::lmer(
    stats::as.formula(paste(options$outcome, "~", options$fixed, "+", random)), frame, control = tight()))
  found <- summary(fit)$coefficients
  rows <- lapply(seq_len(nrow(found)), function(row) {
    list(estimate = found[row, 1], ci_satterthwaite = t_interval(found[row, 1], found[row, 2], found[row, 3]),
         p_satterthwaite = found[row, 5])
  })
  parts <- as.data.frame(lme4::VarCorr(fit))
  of <- function(group) sum(parts$vcov[parts$grp == group])
  shared <- if (is.null(cluster)) of("person") else of(cluster) + of(paste0(cluster, ":person"))
  list(coefficients = stats::setNames(rows, rownames(found)),
       icc = list(id = shared / sum(parts$vcov), cluster = if (!is.null(cluster)) of(cluster) / sum(parts$vcov)))
}

steppedwedge <- function(frame, options) {
  for (package in c("lme4", "pbkrtest")) if (!requireNamespace(package, quietly = TRUE)) stop("needs ", package, call. = FALSE)
  frame <- complete(frame, c(options$outcome, options$cluster, options$period, options$treatment))
  frame$period_ <- factor(frame[[options$period]])
  frame$cluster_ <- factor(frame[[options$cluster]])
  frame$treatment_ <- frame[[options$treatment]]
  random <- if (options$cluster_period == "True") "(1|cluster_) + (1|cluster_:period_)" else "(1|cluster_)"
  fit <- suppressMessages(lme4::lmer(
    stats::as.formula(paste(options$outcome, "~ period_ + treatment_ +", random)), frame, control = tight()))
  last <- length(lme4::fixef(fit))
  estimate <- lme4::fixef(fit)[[last]]
  se <- sqrt(pbkrtest::vcovAdj(fit)[last, last])
  df <- pbkrtest::get_Lb_ddf(fit, as.numeric(seq_len(last) == last))
  list(effect = list(estimate = estimate, ci_kenward_roger = t_interval(estimate, se, df),
                     p_kenward_roger = t_p(estimate / se, df)))
}

attrition <- function(frame, options) {
  covariates <- sort(split_by(options$covariates, ","), method = "radix")
  stayed <- frame[[options$completed]]
  smd <- lapply(stats::setNames(covariates, covariates), function(name) {
    kept <- frame[[name]][stayed == 1 & !is.na(frame[[name]])]
    gone <- frame[[name]][stayed == 0 & !is.na(frame[[name]])]
    list(smd = (mean(kept) - mean(gone)) / sqrt((var(kept) + var(gone)) / 2))
  })
  rows <- list()
  if (length(unique(stayed)) == 2) {
    fit <- glm(stats::as.formula(paste(options$completed, "~", paste(covariates, collapse = "+"))), binomial,
               complete(frame, covariates), control = glm.control(epsilon = 1e-15, maxit = 100))
    # Once more, with the weights of the estimates that were found.
    fit <- update(fit, start = coef(fit), control = glm.control(epsilon = 1e-15, maxit = 2))
    found <- summary(fit)$coefficients
    rows <- lapply(stats::setNames(covariates, covariates), function(name) {
      list(odds_ratio = exp(found[name, 1]), odds_ratio_ci = exp(found[name, 1] + c(-1, 1) * z * found[name, 2]),
           p = found[name, 4])
    })
  }
  list(n_started = length(stayed), completion_rate = mean(stayed), completion_ci = wilson(sum(stayed), length(stayed)),
       smd = smd, logistic = list(coefficients = rows))
}

# --- Instruments ---

alpha_of <- function(c) nrow(c) / (nrow(c) - 1) * (1 - sum(diag(c)) / sum(c))

rest_r <- function(matrix) {
  stats::setNames(lapply(seq_len(ncol(matrix)), function(item) {
    rest <- rowSums(matrix[, -item, drop = FALSE])
    if (sd(matrix[, item]) > 0 && sd(rest) > 0) cor(matrix[, item], rest) else NA
  }), colnames(matrix))
}

reliability <- function(frame, options) {
  names <- split_by(options$items, ",")
  for (name in split_by(options$reverse, ",")) {
    frame[[name]] <- as.numeric(options$minimum) + as.numeric(options$maximum) - frame[[name]]
  }
  items <- as.matrix(complete(frame, names)[, names])
  items <- items[, apply(items, 2, sd) > 0, drop = FALSE]
  n <- nrow(items)
  k <- ncol(items)
  alpha <- alpha_of(cov(items))
  limits <- qf(c(0.975, 0.025), n - 1, (n - 1) * (k - 1))
  omega <- NA
  if (k > 2) {
    fit <- try(factanal(items, 1, control = list(nstart = 5, lower = 0.005, opt = list(factr = 1e3))), silent = TRUE)
    if (!inherits(fit, "try-error")) {
      loadings <- sum(fit$loadings[, 1] * apply(items, 2, sd))
      omega <- loadings^2 / (loadings^2 + sum(fit$uniquenesses * apply(items, 2, var)))
    }
  }
  list(n_complete = n, alpha = alpha, alpha_ci = 1 - (1 - alpha) * limits, omega_total = omega,
       items = lapply(rest_r(items), function(r) list(item_rest_r = r)))
}

items <- function(frame, options) {
  names <- sort(split_by(options$items, ","), method = "radix")
  key <- pairs_of(options$key)
  right <- sapply(names, function(name) {
    values <- level(as.character(frame[[name]]))
    as.numeric(!is.na(values) & values == key[[name]])
  })
  total <- rowSums(right)
  ends <- quantile(total, c(0.27, 0.73), type = 7)
  upper <- total >= ends[2] - 1e-9
  lower <- total <= ends[1] + 1e-9
  rest <- rest_r(right)
  list(kr20 = if (sd(total) > 0) alpha_of(cov(right)), mean_total = mean(total), items = lapply(
    stats::setNames(names, names), function(name) {
      list(difficulty = mean(right[, name]), item_rest_r = rest[[name]],
           discrimination = mean(right[upper, name]) - mean(right[lower, name]))
    }))
}

mcnemar <- function(frame, options) {
  frame <- complete(frame, c("pre", "post"))
  n <- nrow(frame)
  gained <- sum(frame$pre == 0 & frame$post == 1)
  lost <- sum(frame$pre == 1 & frame$post == 0)
  both <- sum(frame$pre == 1 & frame$post == 1)
  neither <- n - gained - lost - both
  before <- both + lost
  after <- both + gained
  product <- both * neither - gained * lost
  margins <- before * (n - before) * after * (n - after)
  phi <- if (margins > 0) (if (product > 0) max(product - n / 2, 0) else product) / sqrt(margins) else 0
  reach <- function(a, b) sqrt(max(0, a^2 - 2 * phi * a * b + b^2))
  first <- wilson(before, n)
  second <- wilson(after, n)
  diff <- (after - before) / n
  p <- if (gained + lost > 0) min(1, 2 * pbinom(min(gained, lost), gained + lost, 0.5)) else 1
  share <- if (gained + lost > 0) binom.test(gained, gained + lost)$conf.int else c(NA, NA)
  list(
    diff = diff, p_exact = p,
    diff_ci = diff + c(-reach(after / n - second[1], first[2] - before / n), reach(second[2] - after / n, before / n - first[1])),
    odds_ratio = if (lost > 0) gained / lost, odds_ratio_ci = if (lost > 0) as.numeric(share / (1 - share)))
}

icc <- function(frame, options) {
  ratings <- as.matrix(complete(frame, split_by(options$raters, ","))[, split_by(options$raters, ",")])
  n <- nrow(ratings)
  k <- ncol(ratings)
  middle <- mean(ratings)
  rows <- k * sum((rowMeans(ratings) - middle)^2) / (n - 1)
  places <- n * sum((colMeans(ratings) - middle)^2) / (k - 1)
  error <- sum((ratings - outer(rowMeans(ratings), colMeans(ratings), "+") + middle)^2) / ((n - 1) * (k - 1))
  value <- (rows - error) / (rows + (k - 1) * error + k * (places - error) / n)
  f <- places / error
  own <- n * (1 + (k - 1) * value) - k * value
  df <- (k - 1) * (n - 1) * (k * value * f + own)^2 / ((n - 1) * (k * value * f)^2 + own^2)
  upper <- qf(0.975, n - 1, df)
  lower <- qf(0.975, df, n - 1)
  spread <- k * places + (k * n - k - n) * error
  list(n = n, icc2 = list(value = value, ci = c(
    n * (rows - upper * error) / (upper * spread + n * rows),
    n * (lower * rows - error) / (spread + n * lower * rows))))
}

mi <- function(frame, options) stop("multiple imputation draws at random: see recompute.py",
                                    call. = FALSE)

# --- Figures ---

commands <- list(
  proportion = proportion, paired = paired, responseshift = responseshift, independent = independent, ancova = ancova,
  did = did, mixed = mixed, steppedwedge = steppedwedge, attrition = attrition, reliability = reliability,
  items = items, mcnemar = mcnemar, icc = icc, mi = mi, equate = equate, bootstrap = bootstrap)
done <- new.env()
found <- new.env()

# An analysis that cannot be made (too few people, say) has no numbers; why stands in `away`: in our words, or, where R
# stumbles over the rows, whether there are any. R's own words would tell of R and not of the data.
reason <- function(fault, people) {
  if (is.null(conditionCall(fault))) return(conditionMessage(fault))
  if (people == 0) "nobody has all that it needs" else "the rows do not permit it: see recompute.py"
}

carried_out <- function(figure) {
  key <- paste(figure[c("command", "columns", "parts", "without", "only", "options", "optional")], collapse = "\n")
  if (is.null(done[[key]])) {
    frame <- frame_of(figure)
    people <- people_in(frame, split_by(figure$optional, ","))
    result <- tryCatch(suppressWarnings(commands[[figure$command]](frame, named(figure$options, ";"))),
                       error = function(fault) reason(fault, people))
    done[[key]] <- list(people = people, result = result)
  }
  done[[key]]
}

adjusted <- function(figure) {
  names <- split_by(named(figure$options, ";")$p, ",")
  known <- lapply(names, function(name) found[[name]])
  p <- vapply(known, function(one) if (is.null(one$p) || is.na(one$p)) 1 else one$p, 0)
  n <- vapply(known, function(one) if (is.null(one)) 0 else as.numeric(one$n), 0)
  list(people = 0, result = list(p = as.list(p), n = as.list(n), holm = as.list(p.adjust(p, "holm"))))
}

at <- function(result, path) {
  for (step in split_by(path, "/")) {
    if (is.character(result) || is.null(result)) return(NULL)
    result <- if (is.null(names(result))) result[[as.numeric(step) + 1]] else result[[step]]
  }
  if (is.character(result)) NULL else result
}

number <- function(value) {
  if (is.null(value) || !length(value) || is.na(value) || !is.finite(value)) "null" else sprintf("%.17g", value)
}

quoted <- function(text) paste0("\"", gsub("([\"\\\\])", "\\\\\\1", gsub("[[:cntrl:]]", " ", text)), "\"")

told <- vapply(seq_len(nrow(figures)), function(row) {
  figure <- as.list(figures[row, ])
  one <- if (figure$command == "adjust") adjusted(figure) else carried_out(figure)
  n <- if (nchar(figure$n_key)) at(one$result, figure$n_key) else one$people
  estimate <- at(one$result, figure$estimate_key)
  interval <- if (nchar(figure$interval_key)) at(one$result, figure$interval_key)
  p <- if (nchar(figure$p_key)) at(one$result, figure$p_key)
  assign(figure$name, list(n = n, p = p), found)
  ends <- if (is.null(interval)) "null" else paste0("[", number(interval[1]), ", ", number(interval[2]), "]")
  away <- if (is.character(one$result)) quoted(one$result) else "null"
  sprintf(" {\"name\": %s, \"n\": %s, \"estimate\": %s, \"interval\": %s, \"p\": %s, \"away\": %s}",
          quoted(figure$name), number(n), number(estimate), ends, number(p), away)
}, "")
if (length(asked)) told <- told[figures$name %in% asked]
cat("[\n", paste(told, collapse = ",\n"), "\n]\n", sep = "")
