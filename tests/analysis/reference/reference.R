# What R says of the data beside this file: `Rscript reference.R > reference.json`, in this folder.
# Made with R 4.2.2, lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2, clubSandwich 0.5.8, sandwich 3.0-2, mice 3.15.0,
# psych 2.2.9. The CSV files are drawn from a random generator; nobody in them exists.
suppressPackageStartupMessages({
  library(jsonlite); library(sandwich); library(clubSandwich); library(lme4); library(lmerTest)
})
found <- list()
trial <- read.csv("trial.csv", encoding = "UTF-8", na.strings = "")
trial$group <- relevel(factor(trial$group), "kontroll")
long <- read.csv("long.csv", encoding = "UTF-8", na.strings = "")
long$group <- relevel(factor(long$group), "kontroll")
long$time <- relevel(factor(long$time), "pre")
wedge <- read.csv("wedge.csv")
wedge$person <- interaction(wedge$cluster, wedge$id)

# independent: y = post
a <- trial$post[trial$group == "kontroll"]; b <- trial$post[trial$group == "kurs"]
welch <- t.test(b, a); student <- t.test(b, a, var.equal = TRUE)
test <- function(t) list(t = t$statistic[[1]], df = t$parameter[[1]], p = t$p.value, ci = as.numeric(t$conf.int))
both <- trial[!is.na(trial$post), ]
distance <- abs(both$post - ave(both$post, both$group, FUN = median))
levene <- anova(lm(distance ~ both$group))
found$independent <- list(
  welch = test(welch), student = test(student),
  u = wilcox.test(b, a, exact = FALSE)$statistic[[1]],
  p_normal_cc = wilcox.test(b, a, exact = FALSE)$p.value,
  p_normal = wilcox.test(b, a, exact = FALSE, correct = FALSE)$p.value,
  levene = list(F = levene$`F value`[1], p = levene$`Pr(>F)`[1])
)

# ancova
used <- trial[complete.cases(trial[, c("pre", "post", "age")]), ]
fit <- lm(post ~ pre + group + age, used)
robust <- vcovHC(fit, "HC3")
slopes <- anova(fit, lm(post ~ pre * group + age, used))
part <- anova(lm(post ~ pre + age, used), fit)
at <- rbind(
  kontroll = c(1, mean(used$pre), 0, mean(used$age)), kurs = c(1, mean(used$pre), 1, mean(used$age)))
found$ancova <- list(
  n = nrow(used), df = df.residual(fit), r2 = summary(fit)$r.squared, sigma = sigma(fit),
  names = names(coef(fit)), estimate = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))),
  p = unname(summary(fit)$coefficients[, 4]), ci = unname(confint(fit)),
  se_hc3 = unname(sqrt(diag(robust))), p_hc3 = unname(2 * pt(-abs(coef(fit) / sqrt(diag(robust))), df.residual(fit))),
  F = part$F[2], F_p = part$`Pr(>F)`[2], slopes_F = slopes$F[2], slopes_p = slopes$`Pr(>F)`[2],
  wald = (coef(fit)[["groupkurs"]]^2 / robust["groupkurs", "groupkurs"]),
  adjusted = as.numeric(at %*% coef(fit)), adjusted_se = unname(sqrt(diag(at %*% vcov(fit) %*% t(at))))
)

# did: two waves, working model identity
two <- droplevels(long[long$time %in% c("pre", "post"), ])
fit <- lm(y ~ time * group, two)
place <- 4
one <- coef_test(fit, vcovCR(fit, cluster = two$cluster, type = "CR1S"), test = "naive-t")
two_ <- coef_test(fit, vcovCR(fit, cluster = two$cluster, type = "CR2"), test = "Satterthwaite")
found$did <- list(
  n = nrow(two), estimate = coef(fit)[[place]], se_ols = sqrt(vcov(fit)[place, place]), se_cr1 = one$SE[place],
  p_cr1 = 2 * pt(-abs(one$tstat[place]), length(unique(two$cluster)) - 1),
  se_cr2 = two_$SE[place], df_cr2 = two_$df[place], p_cr2 = two_$p_Satt[place]
)

# mixed models
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e6), calc.derivs = TRUE)
mixed <- function(fit) {
  held <- as.data.frame(VarCorr(fit))
  table <- summary(fit)$coefficients
  list(
    names = rownames(table), estimate = unname(table[, "Estimate"]), se = unname(table[, "Std. Error"]),
    df = unname(table[, "df"]), p = unname(table[, "Pr(>|t|)"]), loglik = as.numeric(logLik(fit)),
    groups = held$grp, var1 = held$var1, var2 = held$var2, vcov = held$vcov, n = nobs(fit))
}
found$mixed_id <- mixed(lmer(y ~ time * group + (1 | id), long, control = tight))
found$mixed_cluster <- mixed(lmer(y ~ time * group + (1 | cluster), long, control = tight))
found$mixed_nested <- mixed(lmer(y ~ time * group + (1 | cluster) + (1 | cluster:id), long, control = tight))
found$mixed_nested_ml <- mixed(lmer(y ~ time * group + (1 | cluster) + (1 | cluster:id), long, REML = FALSE, control = tight))
found$mixed_slope <- mixed(lmer(Reaction ~ Days + (Days | Subject), sleepstudy, control = tight))
found$mixed_slope_ml <- mixed(lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE, control = tight))
found$mixed_slope_nested <- mixed(lmer(y ~ wave + (1 | cluster) + (wave | cluster:id), long, control = tight))
found$wedge_cluster <- mixed(lmer(y ~ factor(period) + treatment + (1 | cluster), wedge, control = tight))
found$wedge_cp <- mixed(
  lmer(y ~ factor(period) + treatment + (1 | cluster) + (1 | cluster:period), wedge, control = tight))
found$wedge_id <- mixed(lmer(y ~ factor(period) + treatment + (1 | cluster) + (1 | person), wedge, control = tight))
found$wedge_all <- mixed(
  lmer(y ~ factor(period) + treatment + (1 | cluster) + (1 | cluster:period) + (1 | person), wedge, control = tight))
kenward_roger <- function(formula) {
  fit <- lmer(formula, wedge, control = tight)
  last <- length(fixef(fit))
  list(se = sqrt(pbkrtest::vcovAdj(fit)[last, last]), df = pbkrtest::get_Lb_ddf(fit, as.numeric(seq_len(last) == last)))
}
found$kenward_roger <- list(
  wedge_cluster = kenward_roger(y ~ factor(period) + treatment + (1 | cluster)),
  wedge_cp = kenward_roger(y ~ factor(period) + treatment + (1 | cluster) + (1 | cluster:period)),
  wedge_id = kenward_roger(y ~ factor(period) + treatment + (1 | cluster) + (1 | person)),
  wedge_all = kenward_roger(y ~ factor(period) + treatment + (1 | cluster) + (1 | cluster:period) + (1 | person)))
write.csv(sleepstudy, "sleepstudy.csv", row.names = FALSE, quote = FALSE)

# attrition
started <- read.csv("started.csv", encoding = "UTF-8", na.strings = "")
fit <- glm(completed ~ age + score + trade, binomial, started, control = glm.control(epsilon = 1e-14))
found$attrition <- list(
  n = nobs(fit), names = names(coef(fit)), estimate = unname(coef(fit)), se = unname(summary(fit)$coefficients[, 2]),
  p = unname(summary(fit)$coefficients[, 4]), chi2 = fit$null.deviance - fit$deviance,
  mcfadden = 1 - fit$deviance / fit$null.deviance)

# items
knowledge <- read.csv("knowledge.csv", na.strings = "")
right <- knowledge
for (q in c("q4", "q5", "q6")) right[[q]] <- as.numeric(right[[q]] == 3)
listwise <- psych::alpha(right[complete.cases(right), ], check.keys = FALSE, warnings = FALSE)
right[is.na(right)] <- 0
wrong <- psych::alpha(right, check.keys = FALSE, warnings = FALSE)
stats <- function(a) list(
  kr20 = a$total$raw_alpha, total_r = a$item.stats$raw.r, rest_r = a$item.stats$r.drop, difficulty = a$item.stats$mean,
  dropped = a$alpha.drop$raw_alpha)
found$items <- list(
  listwise = stats(listwise), wrong = stats(wrong),
  cuts = unname(quantile(rowSums(right), c(.27, .73))))

# raters
ratings <- read.csv("ratings.csv", na.strings = "")
whole <- ratings[complete.cases(ratings), ]
icc <- psych::ICC(whole, lmer = FALSE)$results
found$icc <- list(
  value = icc$ICC, F = icc$F, p = icc$p, low = icc$`lower bound`, high = icc$`upper bound`)
two <- ratings[complete.cases(ratings[, c("a", "b")]), c("a", "b")]
k <- psych::cohen.kappa(two, levels = 1:4)
found$agreement <- list(kappa = k$kappa, weighted = k$weighted.kappa, kappa_se = sqrt(k$var.kappa),
  weighted_se = sqrt(k$var.weighted))
linear <- 1 - abs(outer(1:4, 1:4, "-")) / 3
k <- psych::cohen.kappa(two, w = linear, levels = 1:4)
found$agreement$linear <- k$weighted.kappa
found$agreement$linear_se <- sqrt(k$var.weighted)

# pool
one <- mice::pool.scalar(c(1, 1.2, 0.9), c(0.09, 0.09, 0.09), n = 61, k = 1)
two <- mice::pool.scalar(c(0.31, 0.45, 0.27, 0.52, 0.40), c(0.12, 0.15, 0.11, 0.13, 0.14)^2, n = 40, k = 4)
tidy <- function(p) p[c("qbar", "ubar", "b", "t", "df", "r", "fmi")]
found$pool <- list(one = tidy(one), two = tidy(two))

# multiple imputation: of blood, with age and body-mass index
suppressPackageStartupMessages(library(mice))
write.csv(nhanes, "nhanes.csv", row.names = FALSE, quote = FALSE, na = "")
imputed <- mice(nhanes, m = 2000, method = "norm", maxit = 10, seed = 1, printFlag = FALSE)
result <- summary(pool(with(imputed, lm(chl ~ age + bmi))))
found$mi <- list(names = as.character(result$term), estimate = result$estimate, se = result$std.error)
trial$post[trial$id %in% c("p4", "p9", "p30")] <- NA
wide <- trial[, c("pre", "post", "age", "group", "trade")]
wide$trade <- factor(wide$trade)
wide$trade[c(2, 12, 29, 41, 50)] <- NA
write.csv(wide, "holes.csv", row.names = FALSE, quote = FALSE, na = "", fileEncoding = "UTF-8")
how <- make.method(wide); how[c("post", "age")] <- "norm"
imputed <- mice(wide, m = 500, method = how, maxit = 10, seed = 1, printFlag = FALSE)
result <- summary(pool(with(imputed, lm(post ~ pre + group + trade))))
found$mi_factor <- list(names = as.character(result$term), estimate = result$estimate, se = result$std.error)

# power
p <- function(...) power.t.test(..., strict = TRUE)
found$power <- list(
  paired_34 = p(34, 0.5, type = "paired")$power, two_20 = p(20, 0.8)$power, two_small = p(5, 0.1, sig.level = 0.01)$power,
  n_two = power.t.test(delta = 0.5, power = 0.8, strict = TRUE, tol = 1e-12)$n,
  n_paired = power.t.test(delta = 0.35, power = 0.9, type = "paired", strict = TRUE, tol = 1e-12)$n)

cat(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = TRUE), "\n")
