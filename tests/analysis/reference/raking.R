# The reference of tests/analysis/test_analysis_raking.py, with the package survey (Lumley 2004, J Stat Softw 9(8)) 4.4.
# Rscript raking.R
suppressPackageStartupMessages(library(survey))
data(api)
write.csv(apiclus1[, c("dnum", "pw", "stype", "sch.wide", "api00", "enroll")], "apiclus1.csv", row.names = FALSE, quote = FALSE)
design <- as.svrepdesign(svydesign(id = ~dnum, weights = ~pw, data = apiclus1), type = "JK1", mse = TRUE)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
raked <- rake(design, list(~stype, ~sch.wide), list(types, wide), control = list(maxit = 500, epsilon = 1e-12))
for (found in list(svymean(~ api00 + enroll + I(as.numeric(api00 > 700)), raked), svyby(~api00, ~stype, raked, svymean))) {
  print(coef(found), digits = 12)
  print(SE(found), digits = 12)
}
