# What R reads from the files of a release: `Rscript read_release.R FOLDER`. On stdout, as JSON, by reader and table:
# each column as texts (null where there is no value), and for labelled files what they say of it besides.
suppressPackageStartupMessages(library(jsonlite))
folder <- commandArgs(trailingOnly = TRUE)[1]

# As many digits as a number has, so that its last bit can be compared.
spoken <- function(x) {
  text <- if (is.numeric(x)) sprintf("%.17g", as.numeric(x)) else enc2utf8(as.character(x))
  ifelse(is.na(x) | (!is.numeric(x) & text == ""), NA, text)
}
cells <- function(table) lapply(as.list(table), function(x) spoken(unclass(x)))

# Blank, or the letter by which Stata says why.
with_letters <- function(x) {
  text <- spoken(unclass(x))
  if (is.numeric(x)) ifelse(is.na(x), haven::na_tag(x), text) else text
}
said <- function(table) {
  lapply(as.list(table), function(x) {
    labels <- attr(x, "labels", exact = TRUE)
    list(
      label = attr(x, "label", exact = TRUE), missing = attr(x, "na_range", exact = TRUE),
      values = with_letters(unname(labels)), words = enc2utf8(as.character(names(labels)))
    )
  })
}

read <- function(stem) {
  at <- function(ending) file.path(folder, paste0(stem, ending))
  as_text <- readr::cols(.default = "c")
  sav <- haven::read_sav(at(".sav"), user_na = TRUE)
  dta <- haven::read_dta(at(".dta"))
  list(
    readr = cells(readr::read_csv(at(".csv"), col_types = as_text, na = "")),
    base = cells(read.csv(at(".csv"), fileEncoding = "UTF-8", na.strings = "", check.names = FALSE)),
    data.table = cells(data.table::fread(at(".csv"), na.strings = "", encoding = "UTF-8")),
    readr_excel = cells(suppressMessages(readr::read_csv2(at("_excel.csv"), show_col_types = FALSE, na = ""))),
    base_excel = cells(read.csv2(at("_excel.csv"), fileEncoding = "UTF-8-BOM", na.strings = "", check.names = FALSE)),
    readxl = cells(readxl::read_excel(at(".xlsx"), guess_max = 1e5)),
    sav = cells(sav), sav_blank = cells(haven::read_sav(at(".sav"))), sav_said = said(sav),
    dta = lapply(as.list(dta), with_letters), dta_said = said(dta),
    readstata13 = cells(readstata13::read.dta13(at(".dta"), convert.factors = FALSE, missing.type = FALSE))
  )
}
found <- list(long = read("data_long"), wide = read("data_wide"))
cat(toJSON(found, na = "null", null = "null", auto_unbox = FALSE, digits = NA))
